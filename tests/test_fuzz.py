"What the fuzzer found is replayed, and it looks for more for a minute."
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from fuzz import FINDS, TARGETS

FOUND = [(p.parent.name, p) for p in sorted(FINDS.glob('*/*')) if p.is_file()]


@pytest.mark.parametrize('target, path', FOUND, ids=lambda v: getattr(v, 'name', v))
def test_what_was_found_is_mended(target, path): TARGETS[target](path.read_bytes())


@pytest.mark.skipif(not find_spec('atheris'), reason='needs atheris')
@pytest.mark.parametrize('target', TARGETS)
def test_nothing_more_is_found_in_a_quarter_of_a_minute(target):
    before = set(FINDS.glob(f'{target}/*'))
    p = subprocess.run([sys.executable, str(Path(__file__).with_name('fuzz.py')), target, '15'], capture_output=True, text=True, timeout=180)
    new = set(FINDS.glob(f'{target}/*')) - before
    assert p.returncode == 0 and not new, (new, p.stderr[-3000:])
    assert 'Done' in p.stderr or 'DONE' in p.stderr
