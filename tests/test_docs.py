"The pages of the documentation render, and the generated files are what the notebooks say."
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def copy(tmp_path):
    "A copy of the project as git sees it, committed, in which files may be written."
    if not (ROOT/'.git').exists(): pytest.skip('not a git checkout')
    files = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split('\0')
    for f in filter(None, files):
        if (ROOT/f).exists(): (tmp_path/f).parent.mkdir(parents=True, exist_ok=True); shutil.copy2(ROOT/f, tmp_path/f)
    git(tmp_path, 'init', '-q'); git(tmp_path, 'add', '-A')
    git(tmp_path, '-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qm', 'as it is')
    return tmp_path


def git(folder, *args): return subprocess.run(['git', *args], cwd=folder, check=True, capture_output=True, text=True).stdout


def run(folder, *code):
    p = subprocess.run([sys.executable, *code], cwd=folder, capture_output=True, text=True)
    assert p.returncode == 0, p.stdout[-3000:] + p.stderr[-3000:]


def test_export_clean_and_readme_change_nothing(copy):
    run(copy, '-c', 'from nbdev.doclinks import nbdev_export; nbdev_export()')
    run(copy, '-c', 'from nbdev.clean import nbdev_clean; nbdev_clean()')
    run(copy, '.ci/readme.py')
    assert git(copy, 'status', '--porcelain') == '', git(copy, 'diff')[:3000]


def test_pages_render(copy):
    run(copy, '-c', 'from nbdev.serve import proc_nbs; proc_nbs(n_workers=0, force=True)')
    pages = sorted(p for p in (copy/'_proc').rglob('*.ipynb') if not p.name.startswith('_'))
    assert len(pages) == sum(1 for p in (ROOT/'nbs').rglob('*.ipynb') if not any(s.startswith(('_', '.')) for s in p.relative_to(ROOT/'nbs').parts))
    run(copy, '-m', 'nbconvert', '--to', 'html', '--log-level', 'ERROR', '--output-dir', 'html', *map(str, pages))
    for p in pages:
        html = (copy/'html'/f'{p.stem}.html').read_text(encoding='utf-8')
        assert '<h2' in html and 'title:' in p.read_text(encoding='utf-8') and 'Traceback (most recent call last)' not in html, p.name


def test_links_of_the_readme_lead_somewhere():
    for link in re.findall(r'\]\((?!\w+:|#)([^)#]+)', (ROOT/'README.md').read_text(encoding='utf-8')): assert (ROOT/link).exists(), link


def test_the_sidebar_offers_every_page_once_and_first_steps_first():
    import yaml
    def pages(items):
        for item in items:
            if isinstance(item, str): yield item
            else: yield from pages(item['contents'])
    contents = yaml.safe_load((ROOT/'nbs/sidebar.yml').read_text(encoding='utf-8'))['website']['sidebar']['contents']
    listed = list(pages(contents))
    there = {p.relative_to(ROOT/'nbs').as_posix() for p in (ROOT/'nbs').rglob('*.ipynb') if not any(s.startswith(('_', '.')) for s in p.relative_to(ROOT/'nbs').parts)}
    assert listed[1] == 'tutorials/first_steps.ipynb' and sorted(listed) == sorted(there)
