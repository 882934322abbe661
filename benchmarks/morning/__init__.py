"""A simulated morning of a reception: people in every channel and in the hall, specialists, a clock that is moved."""
