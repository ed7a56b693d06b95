enterprise-tab-relations = Relations
enterprise-tab-group = Group
relations-empty = No relation to another enterprise is recorded.
relation-enterprise = Enterprise
relation-other = Other enterprise
relation-other-hint = Its reference or its full name.
relation-other-name = Name of the other
relation-role = The other is its
relation-role-supplier = Supplier
relation-role-customer = Customer
relation-role-partner = Partner
relation-role-competitor = Competitor
relation-role-investor = Investor
relation-role-investee = Investment
relation-share = Share
relation-share-hint = Percent, of an investor or an investment.
relation-source = Source
relation-valid-from = From
relation-valid-to = Until
relation-valid-to-hint = The last day on which it holds.
relation-add = Add a relation
relation-added = The relation was added.
relation-correct = Correct or end a relation
relation-withdraw = Take this relation back
relation-withdrawn = The relation was taken back.
relation-already-held = These two are already so related for some of these days.
problem-relation-role = Choose what the other one is.
problem-relation-self = An enterprise can’t be related to itself.
problem-share = Give a share from 0 to 100 percent.
problem-share-role = Only an investor or an investment has a share.
import-relations = Relations
group-parent-id = Parent
group-parent-id-hint = Its reference or its full name. Leave it empty if it has none.
group-set-parent = Set the parent
group-change-parent = Change the parent
group-children = Belongs to it
group-empty = It belongs to no group, and none belongs to it.
group-more = The first { $n } are shown.
group-of-itself = An enterprise can’t be its own parent.
problem-parent-not-yours = You can’t set the parent of this enterprise.
group-circle = This one lies under it: the group would be a circle.
enterprise-relation = Enterprise
enterprise-role = The other is its
enterprise-share = Share
event-enterprise-related = Relation added
event-enterprise-relation-corrected = Relation corrected
event-enterprise-relation-withdrawn = Relation taken back
merge-relations-from = { $n ->
    [one] 1 relation written from it
   *[other] { $n } relations written from it
 }
merge-relations-to = { $n ->
    [one] 1 relation written to it
   *[other] { $n } relations written to it
 }
merge-children = { $n ->
    [one] 1 enterprise belonging to it
   *[other] { $n } enterprises belonging to it
 }
