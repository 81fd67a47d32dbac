"The one interface: an encoder of a few lines works wherever the package's own do."
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from songae import Library, SongMatcher
from songae.app import RecommendApp
from songae.audio import excerpts, load
from songae.files import AudioError
from songae.encoders import Encoder, LDAEncoder, PatchEncoder, WaveformEncoder, make_encoder
from songae.leaderboard import leaderboard
from songae.matcher import MatcherError
from songae.neighbors import LocallyScaled


class RootMeanSquare(Encoder):
    "A song's code is how loud it is."
    def encode_song(self, path): return np.array([load(path).std()])


class Centered(Encoder):
    "It learns a mean, and has a setting."
    def __init__(self, power=1): self.power = power

    def encode_song(self, path): return np.array([load(path).std(), 1.])**self.power - getattr(self, 'mean_', 0)

    def fit(self, songs, *, resume=True, progress=True):
        self.mean_ = self.encode(songs).codes.mean(0)
        return self


def test_a_matcher_takes_it(music, tmp_path):
    matcher = SongMatcher(RootMeanSquare()).fit(music, progress=False)
    answer = matcher.recommend(music.parent/'unheard.flac', 3)
    assert len(answer) == 3 and answer.distance.is_monotonic_increasing and repr(matcher) == "SongMatcher('RootMeanSquare'): 8 songs"
    matcher.save(tmp_path/'loud.songae')
    again = SongMatcher.load(tmp_path/'loud.songae')
    assert again.recommend(music.parent/'unheard.flac', 3).equals(answer)
    assert len(again.add(music.parent/'unheard.flac', progress=False)) == 1
    again.plot(music.parent/'unheard.flac')


def test_what_it_learned_and_its_settings_are_saved(music, tmp_path):
    matcher = SongMatcher(Centered(power=2)).fit(music, progress=False)
    np.testing.assert_allclose(matcher.codes_.mean(0), 0, atol=1e-6)
    matcher.save(tmp_path/'centered.songae')
    again = SongMatcher.load(tmp_path/'centered.songae')
    assert again.settings() == dict(encoder='Centered', power=2)
    np.testing.assert_array_equal(again.encoder.mean_, matcher.encoder.mean_)


def test_an_encoder_that_nobody_defined_is_named(music, tmp_path, monkeypatch):
    SongMatcher(RootMeanSquare()).fit(music, progress=False).save(tmp_path/'loud.songae')
    monkeypatch.delitem(__import__('songae.encoders').encoders.ENCODERS, 'RootMeanSquare')
    with pytest.raises(MatcherError, match='encoder RootMeanSquare; import the module that defines it'): SongMatcher.load(tmp_path/'loud.songae')


def test_the_leaderboard_takes_it(music):
    songs = sorted(music.glob('*.flac'))
    labels = [p.stem[:-2] for p in songs]
    board = leaderboard({'loudness': RootMeanSquare(), 'centered': Centered()}, songs, labels, k=3, progress=False)
    assert (board['error'] == '').all() and 0 <= board.loc['loudness', 'P@1'] <= 1 and board.loc['centered', 'seconds'] > 0


def test_the_app_takes_it(music):
    app = RecommendApp(SongMatcher(RootMeanSquare()).fit(music, progress=False))
    app.uploader.receive(app.uploader, dict(kind='path', path=str(music.parent/'unheard.flac')), [])
    until = time.monotonic() + 30
    while not app.answer.answer and time.monotonic() < until: time.sleep(.05)
    assert app.answer.answer['seeds'][0]['title'] == 'unheard' and len(app.answer.answer['best']) == 5


def test_one_bad_song_is_listed(music, tmp_path):
    (tmp_path/'letter.mp3').write_text('dear ear')
    codes, paths, failed, padded = RootMeanSquare().encode([music, tmp_path/'letter.mp3'])
    assert codes.shape == (8, 1) and len(paths) == 8 and [e.path.name for e in failed] == ['letter.mp3'] and not padded


def test_an_encoder_without_a_way_to_encode_says_so(music):
    class Empty(Encoder): pass
    with pytest.raises(NotImplementedError, match='Empty needs a method encode_song'): Empty().encode(music)


def test_encoders_by_name():
    assert isinstance(make_encoder('patches', code_size=64), PatchEncoder) and make_encoder('patches', code_size=64).code_size == 64
    assert isinstance(make_encoder('deep', epochs=1), WaveformEncoder) and make_encoder('deep').model == 'deep'
    with pytest.raises(ValueError, match="encoder must be one of patches, simple, sparse, deep, conv, musicnn, or an Encoder, not 'deeper'"): make_encoder('deeper')
    with pytest.raises(TypeError, match='settings belong to the encoder itself'): make_encoder(RootMeanSquare(), seed=1)


PACKAGE = '''
import numpy as np
from songae.audio import load
from songae.encoders import Encoder

class LoudestOfAll(Encoder):
    def __init__(self, times=1.): self.times = times
    def encode_song(self, path): return np.array([load(path).std()*self.times])
'''


def test_an_encoder_of_another_package(music, tmp_path):
    "By the name of its entry point: in a matcher, in the terminal, when a saved matcher is loaded, in a library."
    (tmp_path/'loudness.py').write_text(PACKAGE)
    about = tmp_path/'loudness-1.0.dist-info'
    about.mkdir()
    (about/'METADATA').write_text('Metadata-Version: 2.1\nName: loudness\nVersion: 1.0\n')
    (about/'entry_points.txt').write_text('[songae.encoders]\nloud = loudness:LoudestOfAll\nbroken = no_such_module:Thing\n')
    env = os.environ | dict(PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get('PYTHONPATH', '')]))
    def run(*command): return subprocess.run(command, env=env, capture_output=True, text=True, cwd=tmp_path)
    songae = [Path(sys.executable).parent/'songae']
    fitted = run(*songae, 'fit', music, '-m', 'my.songae', '--encoder', 'loud')
    assert fitted.returncode == 0, fitted.stderr
    found = json.loads(run(*songae, 'match', music.parent/'unheard.flac', '-m', 'my.songae', '--json').stdout)
    assert len(found) == 5 and json.loads(run(*songae, 'info', '-m', 'my.songae', '--json').stdout)['times'] == 1
    code = """import sys
from songae import Library, SongMatcher
assert 'loudness' not in sys.modules
assert SongMatcher('loud', times=2).encoder.times == 2
print(Library('lib.songae', 'loud').sync(sys.argv[1], progress=False).songs)"""
    assert run(sys.executable, '-c', code, music).stdout.strip() == '8'
    assert run(*songae, 'match', music.parent/'unheard.flac', '-m', 'lib.songae').returncode == 0
    broken = run(*songae, 'fit', music, '-m', 'other.songae', '--encoder', 'broken').stderr
    assert "the encoder broken cannot be imported (No module named 'no_such_module')" in broken and 'Traceback' not in broken
    with pytest.raises(MatcherError, match='was saved with the encoder LoudestOfAll; import the module'): SongMatcher.load(tmp_path/'my.songae')


class Halves(LDAEncoder):
    "Levels of a few bands in ten patches."
    name, version, n_features = 'halves', 'halves-1', 8

    def features(self, path, *, remarks=None):
        x = np.abs(np.fft.rfft(excerpts(path, np.linspace(0, 1, 10), 4096, sr=22_050)))
        return np.log(x[:, 1:2049].reshape(10, 8, -1).mean(2) + 1e-6)


def test_other_patches_under_the_same_lda(music, tmp_path):
    matcher = SongMatcher(Halves()).fit(music, progress=False)
    assert matcher.codes_.shape == (8, 7) and isinstance(matcher.nearest_, LocallyScaled)
    matcher.save(tmp_path/'my.songae')
    again = SongMatcher.load(tmp_path/'my.songae')
    assert again.recommend(music.parent/'unheard.flac').equals(matcher.recommend(music.parent/'unheard.flac'))
    library = Library(tmp_path/'lib.songae', Halves())
    assert library.sync(music, progress=False).learned and library.db.value("select version from profiles limit 1") == 'halves-1'
    with pytest.raises(NotImplementedError, match='LDAEncoder needs a method features'): LDAEncoder().encode_song(music)


def test_folders_are_no_songs(music):
    with pytest.raises(AudioError, match='a folder, not a song'): SongMatcher(RootMeanSquare()).fit(music, progress=False).recommend(music)
