"Playlists as people have them are read, and what is written leads back to the songs, wherever the folder is moved."
import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import write

from songae import SongMatcher
from songae.playlists import Entry, PlaylistError, playlist_text, read_playlist

MBID = '12345678-1234-1234-1234-123456789abc'
NAMES = ['plain.mp3', '#1.mp3', ' before.mp3', 'after.mp3 ', 'a\\b.mp3', 'two\nlines.mp3', 'caf\udce9.mp3', 'http:x.mp3', '100%25.mp3', 'ümlaut 夜.mp3',
         "it's a & b <c>.mp3", 'C:drive.mp3']


@pytest.fixture
def folder(tmp_path):
    (tmp_path/'music'/'sub').mkdir(parents=True)
    for name in NAMES: (tmp_path/'music'/'sub'/name).touch()
    return (tmp_path/'music').resolve()


@pytest.mark.parametrize('kind', ['.m3u', '.m3u8', '.xspf', '.jspf', '.json'])
@pytest.mark.parametrize('place', ['.', 'lists', 'sub'])
def test_every_name_is_found_again_also_where_the_folder_was_moved(folder, kind, place, tmp_path):
    songs = [Entry(str(folder/'sub'/name), f'title of {i}', 'who', 'what', 61.4, MBID) for i, name in enumerate(NAMES)]
    (folder/place).mkdir(exist_ok=True)
    text = playlist_text(songs, kind, str(folder/place), title='all of them')
    assert len([*text.encode('utf-8', 'surrogateescape').splitlines()]) >= len(songs) and str(folder) not in ''.join(
        line for line in text.splitlines() if 'file:' not in line)
    (folder/place/f'list{kind}').write_text(text, encoding='utf-8', errors='surrogateescape')
    found = read_playlist(folder/place/f'list{kind}')
    assert [e.location for e in found] == [e.location for e in songs]
    assert [e.title for e in found] == [e.title for e in songs] and {e.artist for e in found} == {'who'}
    assert all(abs(e.duration - 61.4) < .5 for e in found)
    if 'm3u' not in kind: assert {(e.album, e.mbid) for e in found} == {('what', MBID)}
    moved = Path(shutil.move(folder, tmp_path/'elsewhere'))
    again = read_playlist(moved/place/f'list{kind}')
    there = [os.path.exists(e.location) for e in again]
    assert sum(there) >= len(NAMES) - (4 if 'm3u' in kind else 0)       # names that no line of M3U can hold are written as addresses


def test_old_lists_in_other_encodings(folder):
    (folder/'sub'/'Motörhead.mp3').touch()
    cases = {'a.m3u': 'sub\\Motörhead.mp3\r\n'.encode('cp1252'), 'b.m3u': 'sub/Motörhead.mp3'.encode('utf-16'), 'c.m3u8': b'\xef\xbb\xbfsub/Mot\xc3\xb6rhead.mp3',
             'd.m3u': b'#EXTM3U\nfile://' + str(folder).encode() + b'/sub/Mot%C3%B6rhead.mp3', 'e.m3u': b'sub/Mot%C3%B6rhead.mp3',
             'f.pls': b'[playlist]\nnumberofentries=1\nFile1=sub/Mot\xc3\xb6rhead.mp3\nTitle1=Lemmy - Ace\nLength1=161'}
    for name, raw in cases.items():
        (folder/name).write_bytes(raw)
        [entry] = read_playlist(folder/name)
        assert entry.location == str(folder/'sub'/'Motörhead.mp3'), name
    assert (entry.artist, entry.title, entry.duration) == ('Lemmy', 'Ace', 161)


def test_titles_of_m3u(tmp_path):
    (tmp_path/'x.m3u').write_text('#EXTM3U\n\n#EXTINF:200,A-ha - Take on me - live\n#EXTVLCOPT:x\none.mp3\n#EXTINF:-1 tvg-id="x",Title only\ntwo.mp3\nthree.mp3\n')
    assert [(e.artist, e.title, e.duration) for e in read_playlist(tmp_path/'x.m3u')] == [
        ('A-ha', 'Take on me - live', 200), ('', 'Title only', 0), ('', '', 0)]


@pytest.mark.parametrize('name, raw, said', [
    ('x.txt', b'a.mp3', 'ends in'), ('x.m3u', b'# only remarks\n', 'empty'), ('x.m3u', b'', 'empty'), ('x.xspf', b'<playlist', 'no playlist'),
    ('x.xspf', b'<!DOCTYPE x [<!ENTITY a "b">]><playlist xmlns="http://xspf.org/ns/0/"/>', 'document type'), ('x.jspf', b'{"playlist": 3}', 'no playlist'),
    ('x.json', b'[', 'no playlist'), ('x.json', b'[1, 2]', 'empty'), ('x.json', b'['*100_000, 'no playlist')])
def test_what_is_no_playlist_is_said_in_one_sentence(tmp_path, name, raw, said):
    (tmp_path/name).write_bytes(raw)
    with pytest.raises(PlaylistError, match=said) as e: read_playlist(tmp_path/name)
    assert name in str(e.value) and '\n' not in str(e.value)


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-16', 'iso-8859-1'])
def test_no_entity_is_expanded_however_it_is_written(tmp_path, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b">]><playlist xmlns="http://xspf.org/ns/0/"><title>&a;</title></playlist>'
    (tmp_path/'x.xspf').write_bytes(text.encode(encoding))
    with pytest.raises(PlaylistError, match='document type'): read_playlist(tmp_path/'x.xspf')


@pytest.mark.parametrize('suffix', ['m3u', 'pls'])
@pytest.mark.parametrize('line', ['\n', 'File1=x{} y', 'File1{}x', 'File{}', '#EXTINF:{}', '#EXTINF:{}x', '{}'])
@pytest.mark.parametrize('many', [' ', '7', '=', '\t', '@'])
def test_long_lines_are_read_once(tmp_path, suffix, line, many):
    "A pattern that goes back and forth would need hours for them."
    (tmp_path/f'x.{suffix}').write_text((line.format(many*300_000) if '{' in line else line*1_000_000) + '\na.mp3\nFile1=a.mp3')
    try: assert 'a.mp3' in read_playlist(tmp_path/f'x.{suffix}', look=False)[-1].location
    except PlaylistError as e: assert 'no playlist' in str(e)


def test_one_bad_entry_spoils_no_list(tmp_path):
    (tmp_path/'x.m3u').write_text('http://[bad\na.mp3\n')
    (tmp_path/'x.json').write_text('[{"location": "\\ud800.mp3"}, {"location": "a.mp3"}]')
    for name in 'x.m3u', 'x.json':
        for look in False, True: assert len(read_playlist(tmp_path/name, look=look)) == 2


def test_a_list_that_is_read_without_looking(tmp_path):
    "Paths as they stand: nobody knows where the list lay."
    (tmp_path/'b.ogg').touch()
    (tmp_path/'x.m3u').write_text('./b.ogg\n../a/b.ogg\n/x/b%20c.ogg\nC:\\a\\b.ogg\nfile:///x/%62.ogg\nhttp://h/x.ogg\n')
    found = [e.location for e in read_playlist(tmp_path/'x.m3u', look=False)]
    assert found == ['b.ogg', 'a/b.ogg', '/x/b c.ogg', 'C:/a/b.ogg', '/x/b.ogg', 'http://h/x.ogg']


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(PlaylistError, match='nowhere.m3u: cannot be read'): read_playlist(tmp_path/'nowhere.m3u')


def test_an_answer_is_written_whole_or_not_at_all(music, tmp_path):
    m = SongMatcher('simple', n_samples=44_100, epochs=1).fit(music, progress=False)
    answer = m.recommend(m.songs_.path.iloc[0], 3)
    with pytest.raises(PlaylistError, match='x.doc: a playlist ends in'): answer.write(tmp_path/'x.doc')
    with pytest.raises(OSError): answer.write(tmp_path/'no such folder'/'x.m3u8')
    (tmp_path/'x.m3u8').write_text('old')
    assert [e.location for e in read_playlist(answer.write(tmp_path/'x.m3u8'))] == list(answer.index)
    assert [p.name for p in tmp_path.iterdir()] == ['x.m3u8']
    assert json.loads(answer.write(tmp_path/'x.jspf').read_text())['playlist']['title'] == 'x'


def test_musicbrainz_ids_of_the_catalog_are_written(tmp_path):
    import numpy as np
    from mutagen.flac import FLAC
    (tmp_path/'music').mkdir()
    for i in range(3):
        path = write(tmp_path/'music'/f'{i}.flac', np.random.default_rng(i).standard_normal(3*44_100)*.1, title=f't{i}', artist=f'a{i}')
        tags = FLAC(path)
        tags['musicbrainz_trackid'] = MBID[:-1] + str(i)
        tags.save()
    m = SongMatcher().fit(tmp_path/'music', progress=False)
    text = m.query(tmp_path/'music'/'0.flac').write(tmp_path/'x.xspf').read_text()
    assert f'<identifier>https://musicbrainz.org/recording/{MBID[:-1]}1</identifier>' in text and '<duration>3000</duration>' in text
