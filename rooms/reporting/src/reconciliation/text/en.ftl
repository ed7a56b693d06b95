reconciliation-save = Save as data
reconciliation-records = Records: { $metric }
finding-named-elsewhere = The register names { $named } signatories; { $count } of them signed on a day of no published ceremony, or beyond the number published for it.
finding-signed-past-attracted = { $signed } signatures were published and at most { $attracted } enterprises attracted ({ $day }): whoever signed was attracted, so one of the two is wrong or older than the other.
finding-register-signed-past-attracted = The register counts { $signed } signatories and only { $attracted } attracted: a signing stands before its decision to come.
finding-unit-changed = The unit of { $metric } changed on { $day }: from { $before } to { $after }.
finding-basis-changed = The basis of { $metric } changed on { $day }: from “{ $before }” to “{ $after }”.
finding-denominator-changed = { $metric } was told of another total from { $day }: of { $after }, before of { $before }.
finding-denominators = The same claim of different totals ({ $metric }): { $one } of { $of }, { $other } of { $other_of }.
finding-denominator-told = { $metric }, { $value }: reports give it different totals ({ $scope }).
finding-not-additive = These can’t be added: { $one_body } tells { $one } of the first year ({ $one_day }), { $other_body } tells { $other } of the coming years ({ $other_day }).
finding-two-bodies = Several bodies count { $metric }, each by its own rule, and their enterprises overlap; the counts can’t be added: { $told }.
finding-counted-together = { $count ->
    [one] 1 figure counts { $bodies } together, { $metric } ({ $value }): add it to neither body’s own.
   *[other] { $count } figures count { $bodies } together, such as { $metric } ({ $value }): add none of them to either body’s own.
 }
finding-register-empty = { $metric }: { $published } was published as at { $day }; the register holds nothing of it by this day.
finding-register-differs = { $metric }: { $published } was published as at { $day }; the register counts { $register }.
finding-doubted = { $metric }: { $value } as at { $day } was told with a doubt: “{ $note }”.
finding-doubted-before = { $metric }: { $value } as at { $day } was told with a doubt: “{ $note }”. The latest count without one is { $before } as at { $before_day }; { $signed } signatures were published by this day.
finding-ceremony-told-twice = { $count } figures tell of the ceremony of { $day }; it is counted once: { $used }.
finding-ceremony-told-otherwise = { $count } figures tell of the ceremony of { $day } and do not agree: { $told }. { $used } is counted, once.
reconciliation-partial = What others hold in confidence is left out of the register’s side: a difference may be of your reach and not of the register.
reconciliation-more = All of these figures ({ $n })
reconciliation-none = Nothing published by this day
finding-tenfold-up = { $metric }: { $after } ({ $day }) is about { $times } times { $before } ({ $before_day }), the figure before it: a nought too many, or the wrong unit?
finding-tenfold-down = { $metric }: { $after } ({ $day }) is about one { $times }th of { $before } ({ $before_day }), the figure before it: a nought too few, or the wrong unit?
finding-area-slip = { $metric }: between { $before } ({ $before_day }) and { $after } ({ $day }) lie as many times as a square metre has square feet: check the unit.
