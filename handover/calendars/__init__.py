"""Working time: when the reception is open and what "in 60 working minutes" means on a clock."""
