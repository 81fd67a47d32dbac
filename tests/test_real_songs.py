"""Real songs: a folder of them in the environment variable SONGAE_MUSIC.

Every format, tag and length that people have, which no made song covers. Skipped where the variable is not set.
"""
import json
import os
from pathlib import Path

import numpy as np
import pytest
from test_cli import songae

from songae.audio import duration
from songae.files import find_songs
from songae.tags import read_tags
from songae.leaderboard import METHODS, leaderboard
from songae.waveforms import waveforms

FOLDER = os.environ.get('SONGAE_MUSIC')
pytestmark = pytest.mark.skipif(not FOLDER, reason='SONGAE_MUSIC names no folder of real songs')


@pytest.fixture(scope='module')
def songs(): return find_songs(FOLDER)


def test_all_load(songs):
    assert len(songs) > 20
    loaded = waveforms(songs, 200_000, progress=False)
    assert not loaded.failed and loaded.paths == songs
    assert np.isfinite(loaded.x).all() and (np.ptp(loaded.x, axis=1) > 0).all()


def test_tags(songs):
    tags = [read_tags(p) for p in songs]
    assert all(t['title'] for t in tags) and min(duration(p) for p in songs[:20]) > 1 and len({t['artist'] for t in tags}) > 1


def test_fit_and_match_from_the_shell(songs, tmp_path):
    (tmp_path/'some').mkdir()
    for i, p in enumerate(songs[:12]): (tmp_path/'some'/f'{i:02} {p.name}').symlink_to(Path(p).resolve())
    songae('fit', 'some', '--encoder', 'simple', '--epochs', 1, cwd=tmp_path)
    for query in songs[0], songs[15]:
        rows = json.loads(songae('match', query, '--json', cwd=tmp_path).stdout)
        assert len(rows) == 5 and str(Path(query).resolve()) not in {r['path'] for r in rows}


def test_the_default_finds_which_songs_belong_together(songs):
    methods, labels = {name: METHODS[name] for name in ('songae', 'MFCC')}, [p.parent.name for p in songs]
    board = leaderboard(methods, songs, labels, progress=False)
    ours, mfcc, chance = board.loc['songae'], board.loc['MFCC'], board.loc['chance', 'P@1']
    assert ours['P@1'] > mfcc['P@1'] > 2*chance and ours['MAP'] > mfcc['MAP'] + .05 and ours['P@1'] > .6, board
