"Every notebook is a test: it is run from top to bottom in a process of its own."
import subprocess
import sys
from pathlib import Path

import pytest

NBS = Path(__file__).parent.parent/'nbs'
notebooks = sorted(p.relative_to(NBS).as_posix() for p in NBS.rglob('*.ipynb') if not any(s.startswith(('_', '.')) for s in p.relative_to(NBS).parts))


RUN = """
import sys
from pathlib import Path
from nbdev.test import test_nb
passed, seconds = test_nb(Path(sys.argv[1]), skip_flags=['slow'])
sys.exit(not passed)
"""


@pytest.mark.parametrize('name', notebooks)
def test_notebook(name):
    p = subprocess.run([sys.executable, '-c', RUN, str(NBS/name)], cwd=NBS.parent, capture_output=True, text=True)
    assert p.returncode == 0, p.stdout[-3000:] + p.stderr[-3000:]
