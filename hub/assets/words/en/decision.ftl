# Decisions
decision-list = Decisions
decision-all = All
decision-mine = Mine only
decision-none = Nothing was decided yet.
decision-nr = Number
decision-what = Decision
decision-case = Case
decision-who = Who
decision-when = When
decision-state = State
decision-pages = Pages
decision-older = Older decisions
decision-title = Decision {$id}
decision-shown = Suggestion shown
decision-screen = Time on screen
decision-versions = Versions of rules and model
decision-undone-by = Undone by
decision-undoes = Undoes
decision-alone = No other decision rests on this one.
decision-resting = {$n ->
    [one] {$count} decision rests on this one.
   *[other] {$count} decisions rest on this one.
}
decision-resting-stay = They stay when it is undone; look at each of them.
decision-undo = Undo decision {$id}
