# Fields of a posting, their values, and why the record has them
case-field-hiring-organization = Employer
case-field-business-number = Business number
case-field-title = Title
case-field-base-salary = Pay
case-field-closing = Deadline
case-field-status = State
case-field-job-location = Workplace
case-field-occupation = Occupation
case-field-employment-type = Contract
case-field-total-job-openings = Openings
case-field-education = Education
case-field-experience = Experience
case-field-weekly-minutes = Weekly hours
case-field-work-hours = Working hours
case-field-date-posted = Posted on
case-field-industry = Industry
case-field-requisition = Requisition
case-field-qualifications = Qualifications
case-field-description = Description
case-field-job-benefits = Benefits
case-field-url = Original page
case-field-origin = First posted at
case-value-open = open
case-value-closed = closed
case-value-negotiable = agreed at the interview
case-value-at-most = at most {$what}
case-value-at-least = at least {$what}
case-value-any-education = any education
case-value-any-experience = any experience
case-value-newcomer = newcomers
case-value-experienced = experienced
case-value-hours-a-week = {$n} hours a week
case-value-as-month = = {$amount} a month
case-years = {$n ->
    [one] {$n} year
   *[other] {$n} years
}
case-months = {$n ->
    [one] {$n} month
   *[other] {$n} months
}
case-people = {$n}
case-pay-hour = hourly
case-pay-day = daily
case-pay-week = weekly
case-pay-month = monthly
case-pay-year = yearly
case-pay-piece = a piece
case-closing-by-date = by a date
case-closing-until-filled = until filled
case-closing-always-open = always open
case-closing-rolling = rolling
case-employment-permanent = permanent
case-employment-contract = fixed term
case-employment-indefinite-contract = indefinite contract
case-employment-temporary = agency work
case-employment-per-diem = day labour
case-employment-part-time = part time
case-employment-intern = internship
case-employment-freelance = freelance
case-employment-military-service = military service
case-employment-other = other
case-degree-elementary = elementary school
case-degree-middle = middle school
case-degree-high = high school
case-degree-associate = associate degree
case-degree-bachelor = bachelor's degree
case-degree-master = master's degree
case-degree-doctorate = doctorate
case-rule-only-value = the same everywhere, or the only value
case-rule-most-trusted-and-recent = from the more trusted and recent source
case-rule-most-agreed = what most sources say
case-rule-most-complete = the most complete value
case-rule-earliest = the earliest date
case-rule-fixed-by-a-steward = fixed by a steward
case-rule-steward-follows-this-posting = a steward follows this source
case-rule-suggested-by-a-steward = suggested by a steward
