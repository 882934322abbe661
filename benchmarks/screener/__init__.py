"""«На що я маю право?» shown on ten people: how soon it decides, and whether as a reader of the law would."""
