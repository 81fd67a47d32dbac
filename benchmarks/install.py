"""What an install of songae takes: seconds, and MB of packages, for each extra in a new virtual environment.

    python benchmarks/install.py                # base, paper, app and all; needs 6 GB of disk for a while
    python benchmarks/install.py base paper
    python benchmarks/install.py --no-cache     # fetch every wheel anew
"""
import argparse
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = 'base', 'paper', 'app', 'all'


def megabytes(folder):
    "What the files of a folder hold, in MB."
    return sum(p.stat().st_size for p in folder.rglob('*') if p.is_file() and not p.is_symlink())/1e6


def install(extra, options):
    "Seconds and MB that `pip install` of songae with this extra adds to a new environment."
    target = str(ROOT) if extra == 'base' else f'{ROOT}[{extra}]'
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder)/('Scripts/python.exe' if sys.platform == 'win32' else 'bin/python')
        before, start = megabytes(Path(folder)), time.perf_counter()
        subprocess.run([python, '-m', 'pip', 'install', '-qq', *options, target], check=True)
        seconds = time.perf_counter() - start
        return seconds, megabytes(Path(folder)) - before


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('extras', nargs='*', help=f'of {", ".join(EXTRAS)}; all of these unless given')
    parser.add_argument('--no-cache', action='store_true', help='fetch every wheel anew')
    args = parser.parse_args()
    print(f'{"install":<26}{"seconds":>8}{"MB":>8}')
    for extra in args.extras or EXTRAS:
        seconds, size = install(extra, ['--no-cache-dir'] if args.no_cache else [])
        name = 'songae' if extra == 'base' else f'songae[{extra}]'
        print(f'pip install {name:<14}{seconds:>8.0f}{size:>8.0f}', flush=True)


if __name__ == '__main__':
    main()
