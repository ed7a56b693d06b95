own-fields-heading = Own fields
own-fields-heading-about = What the office says of its records besides the standard fields.
own-fields-about = A field is retired, never removed: forms stop asking for it, and what was said in it stays on records, in histories and in exports.
own-fields-empty = There are no own fields yet.
own-field-new = Define a field
own-field-label = Label
own-field-subject = Of
own-field-code = Code
own-field-code-hint = Its name in files, filters and the API, after “own.”: small letters, digits and underscores. It stays once given.
own-field-kind = Kind of value
own-field-kind-hint = It stays once given.
own-field-label-en = Label in English
own-field-label-zh-hant = Label in Traditional Chinese
own-field-label-zh-hans = Label in Simplified Chinese
own-field-note = Note
own-field-note-hint = Shown under the field in forms.
own-field-choices = Choices
own-field-choices-hint = One a line: code | English | 繁體 | 简体. Choices left out here stay; they end on the page of code lists.
own-field-choices-page = All choices, with the days on which they hold
own-field-valid-from = First day
own-field-valid-to = Last day
own-field-valid-to-hint = From the day after, forms no longer ask for it.
own-field-see-role = Seen from this role up
own-field-see-role-hint = From partner officers, who stand for everybody, to directors. Auditors see what directors see.
own-field-edit-role = Edited from this role up
own-field-edit-role-hint = Besides, whoever edits must be allowed to edit the record.
own-field-personal = What is said there is personal data
own-field-filterable = Lists can be narrowed by it
own-field-marks = Marks
own-field-personal-mark = Personal data
own-field-filterable-mark = Filter
own-field-was-saved = The field was saved.
own-field-was-retired = “{ $name }” was retired.
own-field-was-restored = Forms ask for the field again.
own-field-retired-because = Retired: { $reason }
own-field-uses = What uses it
own-field-uses-none = No saved view and no remembered mapping uses this field.
own-field-use-view = Saved view “{ $name }” of { $account }
own-field-use-private = A private view of { $account }
own-field-use-mapping = { $n ->
    [one] A remembered mapping of files of { $account }
   *[other] { $n } remembered mappings of files of { $account }
 }
own-field-use-command = { $n ->
    [one] A remembered mapping of files of the command line
   *[other] { $n } remembered mappings of files of the command line
 }
own-field-retire = Retire the field
own-field-retire-about = Forms and imports stop asking for it; views that use it keep working.
own-field-restore = Ask for it again
