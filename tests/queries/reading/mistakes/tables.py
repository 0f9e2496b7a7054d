"""The beginnings of tables that mistakes are written into."""

RULE = '[[require]]\nlabel = "R"\n'
COLUMN = '[[column]]\nname = "c"\n'
EVENT = '[[event]]\nname = "e"\n'
OUTCOME = '[[outcome]]\nname = "o"\n'
CENSOR = '[[follow_up.censor]]\nname = "n"\n'
