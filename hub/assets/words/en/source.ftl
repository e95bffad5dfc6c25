# A source
source-check = Check the connection
source-ever = { $n ->
    [one] { $count } posting ever
   *[other] { $count } postings ever
  }
source-paused = Paused: { $why }
source-terms = Terms and access
source-schedule = Schedule
source-agreement = Agreement
source-no-agreement = none on file
source-hosts = Hosts
source-badge = Badge
source-pause = Pause
source-resume = Resume
source-reason = Reason
source-until = Until (optional)
source-by-settings = It is paused in the settings file, which has to be changed to resume it.
source-profile = How full the fields are
source-profile-note = in the last complete list
source-no-profile = No list was read to its end yet.
source-field = Field
source-filled = Filled
source-unknown = Unknown codes
done-paused = The source is paused; a run under way ends as it would.
done-resumed = The source runs again.
done-retried = Reading again has begun; the state changes when it is done.
problem-reason-what = Please give a reason
problem-reason-why = A pause has a reason, which is shown on the board.
problem-reason-do = Write it in a few words and send it again.
