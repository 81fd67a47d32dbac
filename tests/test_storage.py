"What a saved matcher promises beyond its notebook: broken folders, other processes, a full disk, no right to write."
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import python

from songae import SongMatcher, catalog
from songae.audio import SAMPLE_RATE, duration
from songae.encoders import ENCODERS, Encoder
from songae.matcher import MatcherError
from songae.storage import check_target


def files(folder): return {p.name for p in folder.iterdir() if not p.name.endswith(('-wal', '-shm'))}


def small(music): return SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(music, progress=False)


def test_same_answer_in_another_process(saved, music):
    unheard = music.parent/'unheard.flac'
    here = SongMatcher.load(saved).recommend(unheard)
    there = json.loads(python('''import sys; from songae import SongMatcher
print(SongMatcher.load(sys.argv[1]).recommend(sys.argv[2]).distance.to_json())''', saved, unheard))
    assert list(here.index) == list(there) and np.allclose(here.distance, list(there.values()), rtol=1e-5)


def test_matching_a_stored_song_needs_no_tensorflow(saved, music):
    code = '''import sys; from songae import SongMatcher
m = SongMatcher.load(sys.argv[1]); a = m.recommend(sys.argv[2], 3); ax = m.plot(sys.argv[2])
assert len(a) == 3 and not {'tensorflow', 'keras'} & set(sys.modules), 'TensorFlow was imported'; print(a.index[0])'''
    assert music.name in python(code, saved, sorted(music.glob('*.flac'))[0])


def test_a_saved_matcher_holds_no_pickle(saved):
    (own,) = saved.glob('*/encoder.keras')
    assert files(saved) == {'catalog.db', own.parent.name, 'settings.json'} and files(own.parent) <= {'encoder.keras', 'scaler.npz'}
    if (own.parent/'scaler.npz').exists(): np.load(own.parent/'scaler.npz', allow_pickle=False)['lo']
    json.loads((saved/'settings.json').read_text())


def change(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def own(folder): return next(folder.glob('*/encoder.keras'))


def own_folder(folder): return next(p for p in folder.iterdir() if p.is_dir())


def put_trigger(folder):
    with catalog.connect(folder/'catalog.db') as db: db.execute('create trigger surprise after insert on songs begin delete from songs; end')
    db.close()


def shorten(path): path.write_bytes(path.read_bytes()[:-9])


def put_empty_catalog(folder):
    catalog.connect(folder/'new').close()
    (folder/'new').replace(folder/'catalog.db')


@pytest.mark.parametrize('harm, words', [
    (lambda f: own(f).unlink(), 'encoder.keras: missing'),
    (lambda f: (f/'catalog.db').unlink(), 'catalog.db: missing'),
    (lambda f: (f/'settings.json').unlink(), 'settings.json is missing'),
    (lambda f: shorten(own(f)), 'encoder.keras: altered'),
    (lambda f: own(f).rename(f/'x') and (own_folder(f)/'encoder.keras').symlink_to(f/'x'), 'encoder.keras: a link'),
    (lambda f: change(f/'settings.json', b'{', b''), 'settings.json: altered'),
    (lambda f: change(f/'settings.json', b'"batch_size": 2', b'"batch_size": 3'), 'settings.json and catalog.db'),
    (lambda f: change(f/'settings.json', b'"batch_size": 2', b'"batch": 2'), r'settings.json: altered \('),
    (lambda f: change(f/'settings.json', b'"WaveformEncoder"', b'"Elsewhere"'), 'saved with the encoder Elsewhere'),
    (lambda f: change(f/'settings.json', b'"format": 3', b'"format": 1'), 'of another format'),
    (lambda f: (f/'catalog.db').write_bytes(b'nonsense '*999), 'catalog.db: not a catalog of songs'),
    (put_empty_catalog, 'nothing has been learned yet'),
    (put_trigger, 'altered, it holds the trigger surprise'),
    (shutil.rmtree, 'not a saved matcher'),
])
def test_broken_folders_say_what_is_broken(copied, harm, words):
    for p in copied.glob('catalog.db-*'): p.unlink()
    harm(copied)
    with pytest.raises(ValueError, match=words) as e: SongMatcher.load(copied)
    assert copied.name in str(e.value)


def test_settings_that_lack_something(copied):
    about = json.loads((copied/'settings.json').read_text())
    for key in 'encoder', 'settings':
        (copied/'settings.json').write_text(json.dumps({k: v for k, v in about.items() if k != key}))
        with pytest.raises(MatcherError, match=f'settings.json: altered, it lacks {key}'): SongMatcher.load(copied)


def test_an_encoder_of_ones_own(music, tmp_path):
    class Length(Encoder):
        def encode_song(self, path): return np.array([duration(path)])
    m = SongMatcher(Length()).fit(music, progress=False)
    m.save(tmp_path/'own.songae')
    assert SongMatcher.load(tmp_path/'own.songae').recommend(m.songs_.path[1]).equals(m.recommend(m.songs_.path[1]))
    del ENCODERS['Length']
    with pytest.raises(MatcherError, match='import the module that defines it'): SongMatcher.load(tmp_path/'own.songae')


def test_saving_over_something_else_is_refused(copied, tmp_path):
    m, other = SongMatcher.load(copied), tmp_path/'photos'
    other.mkdir()
    (other/'me.jpg').write_text('x')
    with pytest.raises(MatcherError, match='holds other things'): m.save(other)
    assert files(other) == {'me.jpg'}


@pytest.mark.parametrize('target, words', [
    ('full', 'holds other things'), ('file', 'holds other things'), ('file/deeper', 'cannot be made')])
def test_a_bad_destination_is_known_before_training(tmp_path, target, words):
    (tmp_path/'full').mkdir()
    (tmp_path/'full'/'me.jpg').touch()
    (tmp_path/'file').touch()
    with pytest.raises(MatcherError, match=words): check_target(tmp_path/target)


def test_the_folder_above_a_destination_is_made(tmp_path):
    assert check_target(tmp_path/'new'/'my.songae').parent.is_dir()


def test_saved_again_and_elsewhere(copied, music, tmp_path):
    m = SongMatcher.load(copied)
    assert len(m.add(music.parent/'unheard.flac', progress=False)) == 1
    for folder in copied, tmp_path/'deeper'/'two.songae':
        m.save(folder)
        again = SongMatcher.load(folder)
        pd.testing.assert_frame_equal(again.songs_, m.songs_)
        pd.testing.assert_frame_equal(again.history_, m.history_)
    assert files(tmp_path) == {'deeper', 'my.songae'}


def test_what_is_added_stays(copied, music):
    m, unheard, bad = SongMatcher.load(copied), music.parent/'unheard.flac', copied.parent/'bad.wav'
    bad.write_text('no song')
    added = m.add([bad, unheard, *music.iterdir()], progress=False)
    assert added.title.tolist() == ['unheard'] and [e.path.name for e in m.failed_] == ['bad.wav']
    again = SongMatcher.load(copied)
    assert len(again.songs_) == 9 and again.recommend(unheard, 1, include_self=True).distance.iloc[0] == 0


def test_stored_codes_are_what_the_encoder_gives(copied, music):
    m = SongMatcher.load(copied)
    encoded = m.encoder.encode(music)
    assert [str(p) for p in encoded.paths] == list(m.songs_.path) and not encoded.failed
    np.testing.assert_allclose(encoded.codes, m.codes_, rtol=1e-4, atol=1e-5)


def test_saving_leaves_neighbors_alone(copied, music, tmp_path):
    for name in 'my.songae.old', 'my.songae.part':
        (tmp_path/name).mkdir()
        (tmp_path/name/'precious').touch()
    small(music).save(copied)
    assert files(tmp_path) == {'my.songae', 'my.songae.old', 'my.songae.part'}
    assert (tmp_path/'my.songae.old'/'precious').exists() and SongMatcher.load(copied).encoder.name == 'simple'


def test_a_failed_save_changes_nothing(copied, music, tmp_path, monkeypatch):
    other = small(music)
    def full(*_): raise OSError(28, 'No space left on device')
    with monkeypatch.context() as m:
        m.setattr('songae.catalog.copy', full)
        with pytest.raises(MatcherError, match='No space'): other.save(copied)
    assert files(tmp_path) == {'my.songae'} and SongMatcher.load(copied).encoder.name == 'deep'
    assert len(other.recommend(other.songs_.path[1])) == 5          # and the matcher lives
    other.save(copied)
    assert SongMatcher.load(copied).encoder.name == 'simple'


def test_a_matcher_that_may_only_be_read(saved, tmp_path):
    folder = Path(shutil.copytree(saved, tmp_path/'ro'))
    for p in folder.glob('catalog.db-*'): p.unlink()
    code = '''import os, sys
access = os.access
os.access = lambda path, mode: mode != os.W_OK and access(path, mode)      # root may write everywhere
from songae import SongMatcher
m = SongMatcher.load(sys.argv[1]); print(len(m.recommend(m.songs_.path[1]))); print(sorted(os.listdir(sys.argv[1])))'''
    out = python(code, folder)
    assert out.startswith('5') and 'shm' not in out
