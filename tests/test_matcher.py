"What a matcher promises beyond its notebook: lazy imports, songs that change or vanish, interrupted work, hostile titles."
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL, python, write

import songae.training
from songae import SongMatcher
from songae.audio import SAMPLE_RATE
from songae.files import AudioError
from songae.matcher import MatcherError


def small(songs, **settings):
    return SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(songs, progress=False, **settings)


def test_import_is_light():
    p = subprocess.run([sys.executable, '-X', 'importtime', '-c', 'import songae'], capture_output=True, text=True)
    assert p.returncode == 0 and 'songae' in p.stderr
    for heavy in 'tensorflow', 'keras', 'pandas', 'matplotlib', 'scipy', 'soundfile': assert heavy not in p.stderr


def test_the_matcher_comes_with_all_its_methods_and_without_what_they_need():
    out = python('''import sys; from songae import SongMatcher
print({'fit', 'save', 'load', 'detach', 'plot'} <= set(dir(SongMatcher)), {'tensorflow', 'matplotlib'} & set(sys.modules))''')
    assert out.strip() == 'True set()'


@pytest.mark.parametrize('encoder', ['simple', 'sparse', 'conv'])
def test_every_encoder_fits_and_finds_each_song(music, encoder):
    m = SongMatcher(encoder, n_samples=SAMPLE_RATE, epochs=1, seed=1).fit(music, progress=False)
    for p in m.songs_.path:
        assert m.recommend(p, 1, include_self=True).distance.iloc[0] == 0
        others = m.recommend(p, 99)
        assert p not in others.index and len(others) == 7


def test_a_song_that_changed_is_another_song(copied, music, tmp_path):
    p = Path(shutil.copy(music.parent/'unheard.flac', tmp_path/'mine.flac'))
    m = SongMatcher.load(copied)
    m.add(p, progress=False)
    before, _ = m.code_of(p)
    shutil.copy(sorted(music.glob('*.flac'))[3], p)
    after, _ = m.code_of(p)
    assert not np.allclose(after, before)                         # it is what lies there now, a copy of a stored song
    assert len(m.add(p, progress=False)) == 1 and len(m.songs_) == 9
    p.unlink()
    assert len(m.recommend(p, 3)) == 3                            # gone, but its code is known


def test_titles_are_text(music, tmp_path):
    x = np.random.default_rng(0).standard_normal((SAMPLE_RATE*2, 1))*.1
    evil = '<img src=x onerror=alert(1)>'
    for i in range(3): write(tmp_path/f'{i} $evil$ &lt;b&gt;.flac', np.roll(x, i*9999), title=evil, artist=evil)
    m = small(tmp_path)
    html = m.recommend(m.songs_.path[1], 2)._repr_html_()
    assert '<img' not in html and html.count('&lt;img src=x onerror') == 4 and html.count('<audio') == 2
    m.plot(m.songs_.path[1]).figure.canvas.draw()


def test_preview_of_a_song_that_is_gone(music, tmp_path):
    m = small(shutil.copytree(music, tmp_path/'m'))
    answer = m.recommend(m.songs_.path[1], 2)
    shutil.rmtree(tmp_path/'m')
    assert answer._repr_html_().count('>–<') == 2


@pytest.mark.parametrize('settings, songs, words', [
    (dict(encoder='deeper'), '.', 'encoder must be one of patches, simple, sparse, deep, conv'),
    (dict(encoder='deep', scaling='loud'), '.', 'scaling must be one of'),
    (dict(encoder='deep', n_samples=10**13), '.', 'GB of memory'),
    (dict(), 'empty', 'no songs in this folder'),
    (dict(), 'gone', 'no such file'),
])
def test_refused_before_any_work(music, tmp_path, settings, songs, words):
    (tmp_path/'empty').mkdir()
    with pytest.raises(ValueError, match=words):
        SongMatcher(**settings).fit(music if songs == '.' else tmp_path/songs, progress=False)


@pytest.mark.parametrize('settings', [
    dict(epochs=0), dict(epochs=1.5), dict(batch_size=0), dict(code_size=0), dict(n_samples=0), dict(learning_rate=0)])
def test_settings_are_checked_first(settings, tmp_path):
    with pytest.raises(ValueError, match=list(settings)[0]): SongMatcher('deep', **settings).fit(tmp_path/'gone')


def test_the_default_encoders_settings_are_checked_first(tmp_path):
    with pytest.raises(ValueError, match='code_size'): SongMatcher(code_size=0).fit(tmp_path/'gone')
    with pytest.raises(TypeError, match='epochs'): SongMatcher(epochs=3)


@pytest.mark.parametrize('use', [
    lambda m: m.add('x'), lambda m: m.distances(['x']), lambda m: m.plot(), lambda m: m.save('x'), lambda m: m.warm_up(),
    lambda m: m.recommend('x'), lambda m: m.to_plane()])
def test_not_fitted(use):
    with pytest.raises(MatcherError, match='not fitted'): use(SongMatcher())


def test_no_song(saved, tmp_path):
    for p, words in (tmp_path/'x.wav', 'no such file'), (tmp_path, 'a folder, not a song'):
        with pytest.raises(AudioError, match=words): SongMatcher.load(saved).recommend(p)


def test_one_bad_song_stops_nothing_and_an_interrupted_fit_resumes(music, tmp_path, monkeypatch):
    monkeypatch.setattr('songae.encoders.user_cache_path', lambda *a, **k: tmp_path/'cache')
    checkpoints = tmp_path/'cache'/'training'
    folder = Path(shutil.copytree(music, tmp_path/'m'))
    (folder/'bad.mp3').write_text('x')
    write_checkpoint, written = songae.training.write_checkpoint, []
    def interrupted(path, about, arrays):
        write_checkpoint(path, about, arrays)
        written.append(len(about['losses']))
        if written[-1] == 2: raise KeyboardInterrupt
    monkeypatch.setattr('songae.training.write_checkpoint', interrupted)
    monkeypatch.setitem(songae.training.train.__kwdefaults__, 'every', 0.)     # a checkpoint after each epoch, however short
    m = SongMatcher('deep', **(SMALL | dict(epochs=4)))
    with pytest.raises(KeyboardInterrupt): m.fit(folder, progress=False)
    assert len(list(checkpoints.glob('*.checkpoint'))) == 1
    m.fit(folder, progress=False)
    assert written == [1, 2, 3, 4] and [e.path.name for e in m.failed_] == ['bad.mp3'] and not list(checkpoints.iterdir())
    unbroken = SongMatcher('deep', **(SMALL | dict(epochs=4))).fit(folder, resume=False, progress=False)
    np.testing.assert_array_equal(unbroken.codes_, m.codes_)


def test_songs_deleted_while_training(music, tmp_path, monkeypatch):
    folder, train = Path(shutil.copytree(music, tmp_path/'m')), songae.training.train
    def delete_and_train(*args, **kwargs):
        shutil.rmtree(folder)
        return train(*args, **kwargs)
    monkeypatch.setattr('songae.training.train', delete_and_train)
    m = small(folder, resume=False)
    assert len(m.songs_) == 8 and not folder.exists() and len(m.recommend(m.songs_.path[1])) == 5


def test_two_identical_fits_at_once(music, tmp_path):
    code = '''import sys; from songae import SongMatcher
SongMatcher("simple", n_samples=44100, epochs=400).fit(sys.argv[1], progress=False)'''
    env, command = os.environ | dict(XDG_CACHE_HOME=str(tmp_path)), [sys.executable, '-c', code, str(music)]
    ps = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [p.communicate(timeout=300)[1] for p in ps]
    assert sorted(p.returncode for p in ps) in ([0, 1], [0, 0])     # 0, 0 if one had ended before the other began
    for p, e in zip(ps, errors): assert p.returncode == 0 or 'is writing to it' in e or 'another process is training' in e


def test_only_files_that_are_no_songs(saved, copied, tmp_path):
    bad = tmp_path/'bad.wav'
    bad.write_text('no song')
    with pytest.raises(ValueError, match='bad.wav: not audio'): SongMatcher().fit([bad], progress=False)
    default = SongMatcher().fit(SongMatcher.load(saved).songs_.path, progress=False)
    for m in default, SongMatcher.load(copied):
        assert not len(m.add(bad, progress=False)) and [e.path.name for e in m.failed_] == ['bad.wav']


def test_a_short_song_is_padded_and_said_so(copied, tmp_path):
    p = write(tmp_path/'short.wav', np.random.default_rng(0).standard_normal((SAMPLE_RATE*3//2, 1))*.1)
    m = SongMatcher.load(copied)
    with pytest.warns(UserWarning, match='padded with 0.5 s'): m.recommend(p)
    m.add(p, progress=False)
    assert [(q.name, round(s, 1)) for q, s in m.padded_.items()] == [('short.wav', .5)]


@pytest.mark.skipif(sys.platform != 'linux', reason='other systems do not allow such names')
def test_a_name_that_is_not_unicode(music, tmp_path):
    folder = Path(shutil.copytree(music, tmp_path/'m'))
    shutil.copy(music.parent/'unheard.flac', os.fsencode(folder) + b'/caf\xe9.flac')
    m = small(folder)
    (odd,) = [p for p in m.songs_.path if 'caf' in p]
    assert len(m.songs_) == 9 and not m.failed_ and os.path.exists(odd) and m.recommend(odd, 1, include_self=True).index[0] == odd


def test_a_model_card(tmp_path):
    "What it was made from and how well it does; figures only where tags name artists, and filters leave enough to ask."
    from songae.demo import STYLES, make_song
    import json
    for i, style in enumerate(list(STYLES)[:3]):
        for v in range(4):
            x = make_song(style, v, seconds=6)
            write(tmp_path/f'{style} {v}.flac', x, title=f'{v}', artist=style, album=f'{style} {v // 2}')
    m = SongMatcher().fit(tmp_path, progress=False, resume=False)
    card = m.card_
    assert card['songs'] == 12 and card['encoder'] == 'patches' and card['features'] == m.encoder.version
    same, other = card['judged']['same artist'], card['judged']['same artist, another album']
    assert same['queries'] == other['queries'] == 12
    for row in same, other:
        for value, low, high, chance in (row['P@1'], row['MAP']): assert 0 <= low <= value <= high <= 1 and 0 < chance < 1
    np.testing.assert_allclose([same['P@1'][3], other['P@1'][3]], [3/11, 2/10], atol=1e-3)
    m.save(tmp_path/'my.songae')
    assert SongMatcher.load(tmp_path/'my.songae').card_ == json.loads(json.dumps(card))


def test_a_card_without_artists(music):
    card = SongMatcher().fit(music, progress=False, resume=False).card_
    assert card['songs'] == 8 and card['judged'] == {} and 'Apache-2.0' in card['license']
