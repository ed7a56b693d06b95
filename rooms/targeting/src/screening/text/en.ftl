screenings-lead = Criteria run over { $n } companies. What was found is kept as it was found.
screenings-empty = Nothing has been screened yet. Choose criteria and run them.
screenings-show-retired = Show retired screenings
screenings-show-live = Show the screenings in use
screening-choose-criteria = Choose criteria
screening-run = Screen the universe
screening-run-again = Screen again
screening-change-criteria = Change the criteria
screening-top = How many to rank
screening-top-hint = 500 is usual.
screening-top-range = A number from 1 to { $most }.
screening-state = State
screening-state-waiting = waiting
screening-state-running = running
screening-state-done = done
screening-state-failed = failed
screening-state-cancelled = stopped
screening-progress = { $done } of { $expected } looked at
screening-progress-label = Progress of the screening
screening-cancel = Stop
screening-was-stopped = The screening was stopped.
screening-has-ended = This screening has ended already.
screening-failed = The universe could not be read to its end. Nothing was kept; run it again, or ask whoever runs the program.
screening-at-work = Stop it first.
screening-retire = Retire this screening
screening-retired = This screening is retired.
screening-not-retired = This screening is not retired.
screening-was-retired = The screening was retired.
screening-was-restored = The screening is back.
screening-universe = Companies in the universe
screening-ranked = Met the conditions
screening-made = Run by
screening-companies = Companies by rank
screening-rank = Rank
screening-share = Share of all points
screening-firm = Firm between
screening-firm-one = stays at { $n }
screening-firm-range = between { $best } and { $worst }
screening-firm-beyond = between { $best } and { $worst }, or below
screening-known = In the register
screening-known-unsure = maybe
screening-projects = { $n ->
    [one] 1 project
   *[other] { $n } projects
 }
screening-q = Name
screening-country = Country
screening-industry = Industry
screening-listing = Listing
screening-chain = Place in the chain
screening-courted = Already courted
screening-courted-all = with those already courted
screening-courted-only = only those already courted
screening-hidden = { $n } that the office already courts are not shown.
screening-none-found = No company fits.
screening-facets = What was ranked
screening-facets-hint = All { $n } that met the conditions, not only those listed.
facet-count = Companies
facet-others = others
facet-unknown = not known
screening-coverage = How often each fact is known
screening-coverage-share = Known for
screening-rank-n = Rank { $n }
screening-rank-level = { $n } =
screening-of-all = { $share } of all points
screening-before = One rank up: { $name }
screening-after = One rank down: { $name }
screening-back = Back to the screening
screening-by-factor = By factor
screening-adds = Adds
screening-bar = Bar
screening-reasons = By criterion
screening-fact = Source and day
screening-points = Points of 100
screening-not-known = not known
screening-sum = Together
screening-changes = What would change the rank
screening-level = Level with { $others ->
    [one] 1 other
   *[other] { $others } others
 } at rank { $n }: of equals the order says nothing.
screening-level-beyond = { $others ->
    [0] Companies beyond the end of the list may have the same total as rank { $n }.
    [one] From rank { $n } on, 1 more in the list has the same total, and companies beyond its end may have it too.
   *[other] From rank { $n } on, { $others } more in the list have the same total, and companies beyond its end may have it too.
 }
screening-behind = Behind { $name } by { $share } of all points.
screening-ahead = Ahead of { $name } by { $share } of all points.
screening-to-rise = Would rise by one with
screening-rise-value = { $value } or better
screening-rise-points = { $points } points
screening-at-most = With all its points
screening-at-least = With none of them
screening-beyond = beyond the list
screening-firm-heading = How firm the rank is
screening-firm-about = when any one weight moves by a fifth, up or down, over all companies ranked.
screening-weight-up = { $name } weighs a fifth more
screening-weight-down = { $name } weighs a fifth less
screening-best-by = Best, rank { $n }: { $by }
screening-worst-by = Worst, rank { $n }: { $by }
screening-best = Best rank when a weight moves by a fifth
screening-worst = Worst rank when a weight moves by a fifth
screening-compare = Compare
screening-with = With the earlier
screening-no-other = There is no other screening to compare with yet. Change a weight and screen again.
screening-other-universe = The two are of different states of the universe.
screening-what-changed = What changed in the criteria
screening-rank-before = Rank before
screening-rank-after = Rank after
screening-fate = What became of it
fate-risen = risen
fate-fallen = fallen
fate-same = as before
fate-new = new
fate-gone = gone
send-heading = Send to the target list
send-button = Send to the target list
send-first = The first … of this list
send-hint = The rows picked, or else so many from the top of the list as it is narrowed. Their reasons are kept as they are now.
send-first-unreadable = Write how many as a number.
send-were-sent = { $n ->
    [one] 1 company is on the target list now.
   *[other] { $n } companies are on the target list now.
 }
send-unsure = For you to decide
send-unsure-about = These resemble enterprises of the register. Nothing was done with them yet.
send-same-as = The same as { $name } ({ $reference })
send-as-new = None of these: register it
send-decided = Send these
send-undecided = Choose which it is, or that it is none of these.
send-already = On the list already
send-again = Send once more
send-refused = Not sent
send-held-elsewhere = Its number is held by a record that you can’t see. Ask a director.
send-declined = It has declined ({ $reference }). If it is to be asked again, put it on the list from the enterprise’s own page.
send-ranks-unknown = This screening has no companies with these ranks: { $ranks }.
event-screening-asked = Screening asked for
event-screening-done = Screening done
event-screening-failed = Screening failed
event-screening-cancelled = Screening stopped
event-screening-retired = Screening retired
event-screening-restored = Screening restored
screening-criteria = Criteria
screening-number = Version
send-out-of-reach = You would not see what you send. Name yourself or your team, or choose a wider circle.
