nav-targets = Targets
targets-heading = Target list
screenings-heading = Screenings
criteria-heading = Criteria
universe-heading = Universe
fact-country = Country of head office
fact-incorporated = Country of incorporation
fact-status = State
fact-category = Kind of entity
fact-listing = Main listing
fact-industry = Industry (ISIC)
fact-chain = Place in the value chain
fact-chain-distance = Steps to enterprises already here
fact-chain-gap = Gap in a chain
fact-founded = Year founded
fact-employees = Employees
fact-employee-growth = Growth of employees a year
fact-revenue = Revenue
fact-revenue-growth = Growth of revenue a year
fact-profit = Profit
fact-market-value = Market value
fact-funding = Funding raised
fact-rd-spending = R&D spending
fact-rd-intensity = R&D as a share of revenue
fact-patents = Patent families
fact-footprint = Countries with an establishment
fact-offices-here = Establishments here
factor-technology = Frontier technology
factor-investment = Investment
factor-economic-benefit = Economic benefit
factor-jobs = Jobs
factor-ecosystem = Strengthening the local ecosystem
counted-steps = { $n ->
    [one] 1 step
   *[other] { $n } steps
 }
counted-neighbours = { $n ->
    [one] 1 neighbour here
   *[other] { $n } neighbours here
 }
counted-families = { $n ->
    [one] 1 family
   *[other] { $n } families
 }
counted-countries = { $n ->
    [one] 1 country
   *[other] { $n } countries
 }
counted-offices = { $n ->
    [one] 1 establishment
   *[other] { $n } establishments
 }
counted-people = { $n ->
    [one] 1 person
   *[other] { $n } people
 }
typed-percent = %
typed-million-dollars = US$ million
typed-year = year
typed-steps = steps
typed-neighbours = neighbours
typed-families = families
typed-countries = countries
typed-offices = establishments
typed-people = people
codes-country-hint = Countries by two letters: JP, FR.
codes-status-hint = active or ended.
codes-category-hint = Kinds of entity: general, fund, branch, sole_proprietor, government, international.
codes-exchange-hint = Exchanges by four letters: XHKG, XNAS; none for unlisted companies.
codes-isic-hint = ISIC Rev. 4 by digits: 26 counts with all beneath it.
codes-place-hint = Places as the pack names them: batteries.cells.
company-active = active
company-ended = ended
company-general = company or other body
company-fund = fund
company-branch = branch
company-sole-proprietor = sole proprietor
company-government = government body
company-international = international organisation
company-unlisted = not listed
chains-heading = Value chains
chain-place = Place
chain-filled-by = Filled by
chain-feeds = Feeds
merge-targets = { $n } targets
merge-company-links = { $n } companies of the universe
enterprise-tab-targets = Targets
job-screen-companies = Screen companies
audit-kind-criteria = Criteria
audit-kind-screening = Screening
audit-kind-target = Target
codes-list-isic = Industries (ISIC)
codes-list-chain-place = Places in value chains
permission-targeting-screening-read = See screenings
permission-targeting-screening-retire = Retire screenings
permission-targeting-screening-run = Screen companies
permission-targeting-target-edit = Edit the target list
