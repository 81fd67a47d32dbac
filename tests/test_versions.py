"Versions of one recording are found whatever was done to them, other songs are kept apart, and the listener has the last word."
import json
import os
import shutil
import sqlite3
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import soxr
from conftest import python, write
from mutagen.id3 import ID3, TIT2
from test_cli import songae

from songae import Library, SongMatcher, versions
from songae.audio import SAMPLE_RATE, load, mp3
from songae.catalog import CatalogError
from songae.demo import demo_songs
from songae.files import AudioError
from songae.versions import (DIFFERENT, FRAMES_A_SECOND, SAME, SAME_NAMED, VersionError, Versions, best_of, chromaprint_agreement,
                             chromaprint_of, fingerprint, grouped, has_chromaprint, likeness, near_pairs, same_names, verdict,
                             work_name)


@pytest.fixture(scope='module')
def songs(): return demo_songs().set_index(['style', 'variant']).path


@pytest.fixture(scope='module')
def prints(songs): return {key: fingerprint(p) for key, p in songs.items() if key[0] in ('waltz', 'house', 'rock', 'ambient')}


@pytest.fixture(scope='module')
def music(songs, tmp_path_factory):
    "Four songs, a copy of the first, the first as a quiet MP3, and the second 5 % faster."
    folder = tmp_path_factory.mktemp('versions')/'music'
    folder.mkdir()
    chosen = [songs[key] for key in [('waltz', 0), ('house', 0), ('waltz', 1), ('rock', 0)]]
    for name, p in zip(('first', 'second', 'third', 'fourth'), chosen): shutil.copy(p, folder/f'{name}.wav')
    shutil.copy(chosen[0], folder/'copy.wav')
    (folder/'quiet.mp3').write_bytes(mp3(.3*load(chosen[0])))
    write(folder/'fast.flac', played_at(load(chosen[1]), 1.05).clip(-1, 1))
    return folder


@pytest.fixture(scope='module')
def searched(music, tmp_path_factory):
    "A library of these, searched; do not change it."
    library = Library(tmp_path_factory.mktemp('searched')/'my.songae')
    library.sync(music, progress=False)
    kept = Versions(library.folder)
    kept.find(library.matcher(), progress=False)
    return library.folder


@pytest.fixture
def library(searched, tmp_path): return Library(shutil.copytree(searched, tmp_path/'my.songae'))


def played_at(x, speed): return soxr.resample(x, SAMPLE_RATE*speed, SAMPLE_RATE)


def names(kept):
    "Groups as sets of names of files."
    stems = {i: os.path.splitext(os.path.basename(p))[0] for i, p in kept.songs.rows('select id, path from songs')}
    return [{stems[i] for i in g} for g in kept.groups()]


# The check ------------------------------------------------------------------------------------------------------------

def test_a_song_is_itself_and_no_other(prints):
    for key, bits in prints.items():
        found = likeness(bits, bits)
        assert found == (0, 1, 0, 0), key
    for a, b in combinations(prints.values(), 2): assert likeness(a, b).errors > DIFFERENT


def test_the_order_does_not_matter(prints, songs, tmp_path):
    x = load(songs['waltz', 0])
    faster = fingerprint(write(tmp_path/'faster.flac', played_at(x[5*SAMPLE_RATE:], 1.05).clip(-1, 1)))
    there, back = likeness(prints['waltz', 0], faster), likeness(faster, prints['waltz', 0])
    assert there.errors == back.errors < SAME and np.isclose(there.speed*back.speed, 1) and there.pitch == -back.pitch
    assert abs(there.offset + 5/1.05) < .5 and abs(back.offset - 5) < .5
    same_length = prints['waltz', 1]
    assert likeness(prints['waltz', 0], same_length).errors == likeness(same_length, prints['waltz', 0]).errors


def test_level_leaves_the_bits(songs, prints, tmp_path):
    quiet = fingerprint(write(tmp_path/'quiet.wav', .25*load(songs['house', 0])))
    assert np.unpackbits(quiet ^ prints['house', 0]).mean() < .01


@pytest.mark.parametrize('style', ['waltz', 'house', 'rock'])
@pytest.mark.parametrize('speed', [.95, .97, 1.03, 1.05, 1.06])
def test_speed_is_found_and_told(songs, prints, tmp_path, style, speed):
    other = fingerprint(write(tmp_path/'other.flac', played_at(load(songs[style, 0]), speed).clip(-1, 1)))
    found = likeness(prints[style, 0], other)
    assert found.errors < SAME and abs(found.speed/speed - 1) <= .005


@pytest.mark.parametrize('change', [lambda x: x[20*SAMPLE_RATE:], lambda x: x[:25*SAMPLE_RATE],
                                    lambda x: np.delete(x, np.s_[20*SAMPLE_RATE:35*SAMPLE_RATE]),
                                    lambda x: x + .1*x.std()*np.random.default_rng(0).normal(size=len(x)).astype('f4')])
def test_edits_and_noise_are_found(songs, prints, tmp_path, change):
    other = fingerprint(write(tmp_path/'other.wav', change(load(songs['rock', 0]))))
    assert likeness(prints['rock', 0], other).errors < SAME


def test_silence_is_no_evidence(prints):
    "Songs with a long pause in them have only that in common."
    n = len(prints['waltz', 0])
    a, b = (np.concatenate([prints[key], np.zeros((3*n, 12), np.uint8), prints[key][:90]]) for key in [('waltz', 0), ('house', 0)])
    assert likeness(a, b).errors > DIFFERENT and likeness(a, prints['waltz', 0]).errors == 0
    silent = np.zeros((500, 12), np.uint8)
    assert likeness(silent, silent).errors == .5 == likeness(silent, a).errors


def test_silence_anywhere_is_no_trouble(prints):
    rng = np.random.default_rng(0)
    for n in 27, 28, 40, 63, 64, 70, 130, 191, 192, 193, 205, 210, 230, 300:
        for share in .3, .55, .8:
            bits = prints['rock', 0][:n].copy()
            bits[np.repeat(rng.random(n//7 + 1) < share, 7)[:n]] = 0
            frames = np.round(np.arange(int(n*.97))*1.03).astype(int).clip(max=n - 1)
            assert 0 <= likeness(bits, bits[frames]).errors <= .55


def test_what_is_short_is_judged_or_not(prints, tmp_path):
    bits = prints['house', 0]
    assert likeness(bits[100:100 + round(8*FRAMES_A_SECOND)], bits).errors == 0
    assert likeness(bits[100:110], bits).errors == .5
    second = fingerprint(write(tmp_path/'short.wav', load(demo_songs().path[0], SAMPLE_RATE + 100)))
    assert likeness(second, second).errors == .5


def test_a_clock_that_ends_early_is_no_problem(prints):
    for n in range(27, 140, 7): assert likeness(prints['rock', 0][:n], prints['rock', 0]).errors == 0


def test_verdicts():
    assert [verdict(e) for e in (0, SAME, SAME + .01, DIFFERENT, .5)] == ['same', 'same', 'unsure', 'different', 'different']
    assert verdict(SAME + .01, named=True) == 'same' and verdict(SAME_NAMED + .01, named=True) == 'unsure'


# Candidates -----------------------------------------------------------------------------------------------------------

def test_candidates_are_the_nearest():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(1300, 16)).astype('f4')
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    cosines = z.astype(float) @ z.T - 2*np.eye(len(z))
    expected = {tuple(sorted((i, j))) for i in range(len(z)) for j in np.argsort(-cosines[i])[:5] if cosines[i, j] >= .6}
    assert {tuple(p) for p in near_pairs(z, near=.6, k=5).tolist()} == expected
    assert len(near_pairs(z[:1])) == 0 and len(near_pairs(z[:2], near=-1)) == 1


def test_candidates_of_many_songs_are_few():
    "50,000 songs, and a version of every tenth of them."
    rng = np.random.default_rng(0)
    z = rng.normal(size=(50_000, 64)).astype('f4')
    z[45_000:] = z[:5000] + .2*rng.normal(size=(5000, 64))
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    found = {tuple(p) for p in near_pairs(z, near=.8).tolist()}
    assert sum((i, 45_000 + i) in found for i in range(5000)) > 4900 and len(found) < 6000


def test_names():
    same = [('Band', 'Song'), ('band', 'Song (Live in Rome, 1999)'), ('BAND', 'song - 2011 Remaster'), ('Band', 'Song [Radio Edit]'), ('Bänd', 'Song (feat. X)')]
    assert len({work_name(*s) for s in same}) == 1
    assert len({work_name(*s) for s in [('Band', 'Song'), ('Band', 'Song 2'), ('Other', 'Song'), ('Band', 'Live')]}) == 4
    assert work_name('', 'Song') is None and work_name('Band', '(Live)') is None
    df = pd.DataFrame([*same[:2], ('Other', 'Song'), ('', 'Song'), ('', 'Song')], columns=['artist', 'title'])
    assert same_names(df).tolist() == [[0, 1]]
    many = pd.DataFrame([('Various', 'Intro')]*60, columns=['artist', 'title'])
    assert not len(same_names(many))


# Groups ---------------------------------------------------------------------------------------------------------------

def test_a_chain_does_not_merge_what_is_apart():
    chain = [('a', 'm'), ('m', 'b'), ('b', 'c')]
    assert grouped(chain) == [{'a', 'm', 'b', 'c'}]
    assert sorted(map(sorted, grouped(chain, apart=[('a', 'b')]))) == [['a', 'm'], ['b', 'c']]
    assert grouped(chain, apart=[('a', 'b')], sure=[('m', 'b')]) == [{'m', 'b', 'c'}]
    assert grouped(chain, sure_apart=[('m', 'a'), ('c', 'b')]) == [{'m', 'b'}]


def test_no_group_ever_holds_what_is_apart():
    rng = np.random.default_rng(0)
    for _ in range(50):
        links, apart, sure, sworn = ([tuple(p) for p in rng.integers(30, size=(n, 2)).tolist() if p[0] != p[1]] for n in (40, 60, 5, 5))
        for g in grouped(links, apart, sure=sure, sure_apart=sworn):
            assert len(g) > 1 and not any(g.issuperset(p) for p in sworn)
        for g in grouped(links, apart): assert not any(g.issuperset(p) for p in apart)


def test_the_best_version():
    rows = [('a.mp3', 4.8e6, 200.), ('b.flac', 2.2e7, 198.), ('c.MP3', 8e6, 200.), ('d.mp3', 8.1e6, 205.)]
    df = pd.DataFrame(rows, columns=['path', 'size', 'duration'])
    assert best_of(df) == 1 and best_of(df.drop(1)) == 2 and best_of(df.iloc[[0]]) == 0      # d is longer than c at about the same bits


# A library ------------------------------------------------------------------------------------------------------------

def test_versions_of_a_library(library):
    kept = Versions(library.folder)
    assert sorted(map(sorted, names(kept))) == [['copy', 'first', 'quiet'], ['fast', 'second']]
    df = kept.table()
    assert set(df[df.best].index.map(os.path.basename)) <= {'first.wav', 'copy.wav', 'second.wav'} and df.best.sum() == 2
    fast = df[df.index.str.endswith('fast.flac')].iloc[0]
    assert abs(fast.speed - 1.05) < .006 and '<audio' in df._repr_html_() and df.errors.max() < SAME
    numbers = dict(zip(df.index, df.group))
    of_matcher = dict(zip(library.matcher().songs_.path, library.matcher().version_groups()))
    for a, b in combinations(of_matcher, 2): assert (of_matcher[a] == of_matcher[b]) == (numbers.get(a, a) == numbers.get(b, b))


def test_nothing_is_done_twice(library):
    kept = Versions(library.folder)
    found = kept.find(library.matcher(), progress=False)
    assert found.candidates == found.judged == found.fingerprints == 0 and (found.groups, found.songs) == (2, 5)
    assert '2 groups of 5 songs' in str(found) and '2 groups' in repr(kept)


def test_only_what_is_new_is_looked_at(library, music, songs, tmp_path):
    (tmp_path/'new').mkdir()
    write(tmp_path/'new'/'slow.wav', played_at(load(songs['waltz', 0]), .95).clip(-1, 1))
    library.sync(tmp_path/'new', music, progress=False)
    kept = Versions(library.folder)
    found = kept.find(library.matcher(), near=-1, progress=False)
    assert found.fingerprints <= 3 and {'copy', 'first', 'quiet', 'slow'} in names(kept)
    assert not kept.find(library.matcher(), near=-1, progress=False).judged


def test_interrupted_it_goes_on(library, monkeypatch):
    (library.folder/'versions.db').unlink()
    kept, asked, real = Versions(library.folder), [], versions.likeness
    def stops(a, b):
        asked.append(1)
        if len(asked) == 3: raise KeyboardInterrupt
        return real(a, b)
    monkeypatch.setattr(versions, 'likeness', stops)
    with pytest.raises(KeyboardInterrupt): kept.find(library.matcher(), progress=False)
    monkeypatch.setattr(versions, 'likeness', real)
    kept.close()
    assert kept.db.value('select count(*) from pairs') == 2
    found = kept.find(library.matcher(), progress=False)
    assert found.fingerprints == 0 and found.judged > 0 and len(names(kept)) == 2


def test_a_bad_song_is_listed_and_tried_again(library, music, tmp_path):
    moved = shutil.copytree(music, tmp_path/'moved')
    library = Library(tmp_path/'other.songae')
    library.sync(moved, progress=False)
    (moved/'quiet.mp3').write_bytes(b'no song any more')
    kept = Versions(library.folder)
    found = kept.find(library.matcher(), progress=False)
    assert [e.path.name for e in found.failed] == ['quiet.mp3'] and 'left out: ' in str(found)
    assert {'copy', 'first'} in names(kept) and {'fast', 'second'} in names(kept)
    shutil.copy(music/'quiet.mp3', moved/'quiet.mp3')
    assert kept.find(library.matcher(), progress=False).fingerprints == 1
    assert {'copy', 'first', 'quiet'} in names(kept)


def test_decisions_overrule_and_are_taken_back(library):
    kept, songs = Versions(library.folder), library.matcher().songs_
    path = {os.path.basename(p).split('.')[0]: p for p in songs.path}
    kept.decide(path['second'], path['fast'], same=False)
    kept.decide(path['third'], int(songs.index[songs.path == path['fourth']][0]))
    assert sorted(map(sorted, names(kept))) == [['copy', 'first', 'quiet'], ['fourth', 'third']]
    kept.find(library.matcher(), progress=False)
    assert {'fourth', 'third'} in names(kept)
    kept.undecide(path['third'], path['fourth'])
    kept.undecide(path['fast'], path['second'])
    assert sorted(map(sorted, names(kept))) == [['copy', 'first', 'quiet'], ['fast', 'second']]
    with pytest.raises(VersionError, match='same sound, byte by byte'): kept.decide(path['first'], path['copy'], same=False)
    with pytest.raises(VersionError, match=r'nowhere\.wav: not a song of this library'): kept.decide(path['first'], 'nowhere.wav')


def test_a_moved_and_retagged_song_keeps_its_group(music, tmp_path):
    moved = shutil.copytree(music, tmp_path/'moved')
    library = Library(tmp_path/'other.songae')
    library.sync(moved, progress=False)
    kept = Versions(library.folder)
    kept.find(library.matcher(), progress=False)
    assert {'fast', 'second'} in names(kept)
    (moved/'elsewhere').mkdir()
    os.rename(moved/'fast.flac', moved/'elsewhere'/'renamed.flac')
    tags = ID3()
    tags.add(TIT2(text='another title'))
    tags.save(moved/'quiet.mp3')
    report = library.sync(progress=False)
    assert len(report.moved) == len(report.retagged) == 1
    assert {'renamed', 'second'} in names(kept) and not kept.find(library.matcher(), progress=False).fingerprints
    os.unlink(moved/'elsewhere'/'renamed.flac')
    library.sync(progress=False)
    assert names(kept) == [{'copy', 'first', 'quiet'}]


def test_chromaprint_is_asked_about_what_is_unsure(library, songs):
    if not has_chromaprint(): pytest.skip('no library of Chromaprint')
    a, b, c = (chromaprint_of(songs[key]) for key in [('waltz', 0), ('waltz', 1), ('house', 0)])
    assert chromaprint_agreement(a, a) == 1 and chromaprint_agreement(a, b) < .05 > chromaprint_agreement(a, c)
    assert chromaprint_agreement(a, a[100:300]) == 1 and chromaprint_agreement(a, a[:0]) == 0
    kept = Versions(library.folder)
    assert not kept.db.value('select count(*) from pairs where chromaprint is not null')
    with kept.db: kept.db.execute('update pairs set errors = ?', [(SAME + DIFFERENT)/2])
    assert names(kept) == [{'copy', 'first'}]
    found = kept.find(library.matcher(), progress=False)
    assert found.witnessed == 1 and sorted(map(sorted, names(kept))) == [['copy', 'first', 'quiet']]     # not what is faster
    assert kept.find(library.matcher(), progress=False).witnessed == 0


def test_names_lower_the_bar(library):
    kept = Versions(library.folder)
    with kept.db: kept.db.execute('update pairs set errors = ?, chromaprint = 0', [SAME_NAMED])
    assert names(kept) == [{'copy', 'first'}]
    with library.db: library.db.execute("update songs set artist = 'Band', title = 'Song' || iif(path like '%fast%', ' (Live)', '') where path like '%fast%' or path like '%second%'")
    assert {'fast', 'second'} in names(kept)


# Numbers for queries --------------------------------------------------------------------------------------------------

def test_copies_share_a_number_when_nothing_was_searched(music, tmp_path):
    m = SongMatcher().fit(music, progress=False)
    for m in m, SongMatcher.load(m.save(tmp_path/'my.songae') or tmp_path/'my.songae'):
        numbers = dict(zip(m.songs_.path.map(os.path.basename), m.version_groups()))
        assert numbers['first.wav'] == numbers['copy.wav'] and len(set(numbers.values())) == 6
    assert not (tmp_path/'my.songae'/'versions.db').exists()


def test_the_method_is_there_at_once():
    assert python('from songae import SongMatcher; print(callable(SongMatcher.version_groups))') == 'True\n'


def test_numbers_are_kept_until_something_changes(library, monkeypatch):
    m, kept = library.matcher(), Versions(library.folder)
    first = m.version_groups()
    assert m.version_groups() is first and len(set(first)) == 4
    path = {os.path.basename(p).split('.')[0]: p for p in m.songs_.path}
    kept.decide(path['third'], path['fourth'])
    second = m.version_groups()
    assert len(set(second)) == 3 and m.version_groups() is second
    kept.undecide(path['third'], path['fourth'])
    assert (m.version_groups() == first).all()
    assert m.refresh().version_groups() is not first and (m.version_groups() == first).all()
    (library.folder/'versions.db').unlink()
    assert len(set(m.version_groups())) == 6


def test_other_files_are_refused(tmp_path, library):
    (library.folder/'versions.db').unlink()
    sqlite3.connect(library.folder/'versions.db').execute('pragma application_id = 7')
    with pytest.raises(VersionError, match='not a file of versions'): Versions(library.folder).groups()
    (library.folder/'versions.db').write_text('no database, but a text '*100)
    with pytest.raises(CatalogError, match='versions.db'): Versions(library.folder).groups()


# The terminal ---------------------------------------------------------------------------------------------------------

def test_in_a_terminal(music, library, tmp_path):
    run = lambda *args, code=0: songae('versions', *args, '-m', library.folder, cwd=tmp_path, code=code)       # noqa: E731
    rows = json.loads(run('--json').stdout)
    assert len(rows) == 5 and [r['best'] for r in rows] == [True, False, False, True, False]
    assert run().stdout.count('*') == 2 and '2 groups of 5 songs; 0 new pairs' in run('--find').stderr
    assert '1 decisions' in run('--different', music/'second.wav', music/'fast.flac').stdout
    assert len(json.loads(run('--json').stdout)) == 3
    run('--undecide', music/'second.wav', music/'fast.flac')
    run('--same', music/'third.wav', music/'fourth.wav')
    assert len(json.loads(run('--json').stdout)) == 7
    assert 'not a song of this library' in run('--same', music/'third.wav', tmp_path/'x.wav', code=1).stderr
    (library.folder/'versions.db').unlink()
    first = run()        # copies are known without a search
    assert 'songae versions --find' in first.stderr and 'first.wav' in first.stdout
