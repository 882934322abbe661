"""`python -m knowledge_base.checks [FOLDER]`: prints what is wrong; exit 1 when anything blocks."""

from __future__ import annotations

import sys
from pathlib import Path

from knowledge_base.checks import CONTENT, check


def main() -> int:
    """Prints `file:line: field: message` lines and a closing count."""
    problems = check(Path(sys.argv[1]) if len(sys.argv) > 1 else CONTENT)
    for problem in problems:
        print(problem if problem.blocking else f"{problem} (нагадування)")
    errors = sum(problem.blocking for problem in problems)
    print(f"Помилок: {errors}, нагадувань: {len(problems) - errors}.")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
