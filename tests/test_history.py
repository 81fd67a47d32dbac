"Histories as people have them: formats, encodings, clocks that were wrong, songs that are gone, interruptions."
import json
import plistlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import python

from songae import Library, SongMatcher
from songae.catalog import connect
from songae.history import History, HistoryError, ImportReport, Play, SongFinder, checked_time, comparable, read_history
from songae.sessions import Listener

WHEN = 1_700_000_000
WORDS = [('Bach', 'Fugue 1'), ('Björk', 'Jóga'), ('Ace of Base', 'The Sign (feat. Nobody)')]


def log(path, rows, length=4, head='#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Rockbox\n', encoding='utf-8'):
    lines = [f'{artist}\tAlbum\t{title}\t1\t{length}\t{rating}\t{when}\t' for artist, title, when, rating in rows]
    path.write_bytes((head + '\n'.join(lines)).encode(encoding))
    return path


def listens(n=3):
    return [dict(listened_at=WHEN + 300*i, track_metadata=dict(artist_name=a, track_name=t, release_name='Album',
                 additional_info=dict(duration_ms=200_000), mbid_mapping=dict(recording_mbid='x'*8))) for i, (a, t) in enumerate(WORDS[:n])]


def scrobbles():
    return [dict(artist={'#text': a}, name=t, album={'#text': 'Album'}, date=dict(uts=str(WHEN + 300*i))) for i, (a, t) in enumerate(WORDS)]


def navidrome(path, each=False):
    db = sqlite3.connect(path)
    db.execute('create table media_file (id, path, title, artist, album, duration, mbz_recording_id)')
    db.execute('create table annotation (user_id, item_id, item_type, play_count, play_date)')
    for i, (a, t) in enumerate(WORDS):
        db.execute('insert into media_file values (?, ?, ?, ?, ?, ?, ?)', (i, f'Music/{t}.flac', t, a, 'Album', 200, None))
        db.execute("insert into annotation values (1, ?, 'media_file', 4, ?)", (i, f'2023-11-14 22:1{i}:20.123456789'))
    db.execute("insert into annotation values (1, 9, 'album', 7, null)")
    if each:
        db.execute('create table scrobbles (media_file_id, user_id, submission_time)')
        db.executemany('insert into scrobbles values (?, 1, ?)', [(i, WHEN + 300*i) for i in range(3)])
    db.commit()
    db.close()


def stickers(path):
    db = sqlite3.connect(path)
    db.execute('create table sticker (type, uri, name, value)')
    for i, (_, t) in enumerate(WORDS):
        for name, value in dict(playCount=4, lastPlayed=WHEN + 300*i, skipCount=1).items():
            db.execute("insert into sticker values ('song', ?, ?, ?)", (f'Music/{t}.flac', name, str(value)))
    db.execute("insert into sticker values ('song', 'never.flac', 'rating', '8')")
    db.commit()
    db.close()


def itunes(path):
    import datetime
    tracks = {str(i): {'Track ID': i, 'Name': t, 'Artist': a, 'Album': 'Album', 'Total Time': 200_000, 'Play Count': 4,
                       'Play Date UTC': datetime.datetime.fromtimestamp(WHEN + 300*i, datetime.UTC).replace(tzinfo=None),
                       'Location': f'file:///Music/{t}.mp3'.replace(' ', '%20')} for i, (a, t) in enumerate(WORDS)}
    tracks['9'] = {'Track ID': 9, 'Name': 'Never played', 'Artist': 'Nobody'}
    path.write_bytes(plistlib.dumps(dict(Tracks=tracks, Playlists=[dict(Name='all', **{'Playlist Items': [{'Track ID': 1}]})])))


def packed(path):
    with zipfile.ZipFile(path, 'w') as z:
        z.writestr('user.json', '{}')
        z.writestr('listens/2023/11.jsonl', '\n'.join(map(json.dumps, listens())))


COMMA = 'artist,album,track,date\n' + ''.join(f'"{a}",Album,"{t}",14 Nov 2023 22:1{i}\n' for i, (a, t) in enumerate(WORDS))
MAKERS = {
    '.scrobbler.log': lambda p: log(p, [(a, t, WHEN + 300*i, 'L') for i, (a, t) in enumerate(WORDS)]),
    'header.csv': lambda p: p.write_text(COMMA, encoding='utf-8'),
    'plain.csv': lambda p: p.write_text(COMMA.partition('\n')[2], encoding='utf-8'),
    'semicolons.csv': lambda p: p.write_text('Artist;Album;AlbumId;Track;Date#user\n' + ''.join(f'"{a}";"x";"";"{t}";"{1000*WHEN}"\n' for a, t in WORDS), encoding='utf-8-sig'),
    'utc.csv': lambda p: p.write_text('uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n' + ''.join(f'{WHEN},"14 Nov 2023, 22:13",{a},,Album,,{t},\n' for a, t in WORDS), encoding='utf-8'),
    'array.json': lambda p: p.write_text(json.dumps(listens())),
    'pretty.json': lambda p: p.write_text(json.dumps(listens(), indent=2)),
    'lines.jsonl': lambda p: p.write_text('\n'.join(map(json.dumps, listens()))),
    'lastfm.ndjson': lambda p: p.write_text('\n'.join(map(json.dumps, scrobbles()))),
    'stats.json': lambda p: p.write_text(json.dumps(dict(username='u', scrobbles=[dict(track=t, artist=a, album='', date=1000*WHEN) for a, t in WORDS]))),
    'api.json': lambda p: p.write_text(json.dumps(dict(recenttracks=dict(track=scrobbles())))),
    'payload.json': lambda p: p.write_text(json.dumps(dict(payload=dict(count=3, listens=listens())))),
    'listens.zip': packed,
    'navidrome.db': navidrome,
    'newer.db': lambda p: navidrome(p, each=True),
    'sticker.sql': stickers,
    'Library.xml': itunes,
}


def read(path):
    report = ImportReport(path)
    return list(read_history(path, report)), report


@pytest.mark.parametrize('name', MAKERS)
def test_formats(tmp_path, name):
    MAKERS[name](tmp_path/name)
    plays, report = read(tmp_path/name)
    assert len(plays) == (6 if name == 'newer.db' else 3) and not report.bad and report.kind
    if name == 'newer.db':         # each play that has a time, and how many there were besides
        assert [(p.plays, p.time) for p in plays[3:]] == [(3, 0)]*3
        plays = plays[:3]
    if name != 'sticker.sql': assert [(p.artist, p.title) for p in plays] == WORDS
    assert all(abs(p.time - WHEN) < 1000 for p in plays), [p.time - WHEN for p in plays]
    counts = name in ('navidrome.db', 'sticker.sql', 'Library.xml')
    assert all(p.plays == (4 if counts else 1) for p in plays)
    if counts: assert all(Path(p.path).stem.startswith(t[:3]) for p, (_, t) in zip(plays, WORDS))


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'cp1252', 'utf-16'])
@pytest.mark.parametrize('shape', ['array', 'lines', 'object'])
def test_encodings_of_json(tmp_path, encoding, shape):
    rows = [json.dumps(row, ensure_ascii=False) for row in scrobbles()]
    text = dict(array='[' + ',\n'.join(rows) + ']', lines='\n'.join(rows), object='{"scrobbles": [' + ','.join(rows) + ']}')[shape]
    (tmp_path/'x.json').write_bytes(text.encode(encoding))
    plays, report = read(tmp_path/'x.json')
    assert [(p.artist, p.title) for p in plays] == WORDS and not report.bad


def test_a_damaged_first_line_is_one_bad_row(tmp_path):
    (tmp_path/'x.jsonl').write_text('\n'.join(['{"listened_at": 17', *map(json.dumps, listens())]))
    plays, report = read(tmp_path/'x.jsonl')
    assert len(plays) == 3 and report.bad == {'no JSON': (1, 'line 1')}


@pytest.mark.parametrize('encoding, remark', [('utf-8', 0), ('utf-8-sig', 0), ('cp1252', 1), ('utf-16', 0)])
def test_encodings(tmp_path, encoding, remark):
    for path in (log(tmp_path/'a.log', [('Björk', 'Jóga', WHEN, 'L')], encoding=encoding), tmp_path/'a.csv'):
        if path.suffix == '.csv': path.write_bytes('Björk,Homogenic,Jóga,14 Nov 2023 22:13\n'.encode(encoding))
        (play,), report = read(path)
        assert (play.artist, play.title) == ('Björk', 'Jóga') and sum(report.remarks.values()) == remark


def test_an_empty_month_of_an_archive_does_not_stop_the_others(tmp_path):
    with zipfile.ZipFile(tmp_path/'x.zip', 'w') as z:
        z.writestr('listens/2023/10.json', '[]')
        z.writestr('listens/2023/11.jsonl', '\n'.join(map(json.dumps, listens())))
    plays, report = read(tmp_path/'x.zip')
    assert len(plays) == 3 and list(report.bad) == ['holds no array of plays']


def test_old_mac_lines_are_an_error_in_words(tmp_path):
    (tmp_path/'x.csv').write_bytes(b'a,b\rc,d\re,f\r')
    with pytest.raises(HistoryError, match='not a history'): read(tmp_path/'x.csv')


def test_skips_and_time_zones_of_a_log(tmp_path):
    path = log(tmp_path/'x', [('a', 'b', WHEN, 'L'), ('a', 'c', WHEN + 9, 'S')], head='#AUDIOSCROBBLER/1.1\r\n#TZ/UNKNOWN\r\n')
    plays, report = read(path)
    assert [p.skipped for p in plays] == [False, True] and plays[0].duration == 4 and 'time zone' in str(report)


def test_what_cannot_be_used_is_counted_and_named(tmp_path):
    future = int(time.time()) + 10**7
    rows = [('a', 'good', WHEN, 'L'), ('a', 'x', 0, 'L'), ('a', 'y', future, 'L'), ('a', ' ', WHEN, 'L'), ('a', 'z', 'noon', 'L'), ('a', 'w', 12, 'L')]
    plays, report = read(log(tmp_path/'x', rows))
    assert [p.title for p in plays] == ['good'] and report.rows == 6
    assert {reason: n for reason, (n, _) in report.bad.items()} == {
        'the clock was not set (a time before 1995)': 2, 'a time in the future': 1, 'no title': 1, 'no time': 1}
    assert 'line 5' in str(report) and '2 left out' in str(report)


@pytest.mark.parametrize('data, words', [
    (b'', 'empty'), (b'hello', 'not a history'), (b'a,b\n1,2\n', 'not a history'), (b'{"a": 1}', None), (b'[1, 2]', None),
    (b'<?xml version="1.0"?><a></a>', 'holds no plays'), (b'<?xml version="1.0"?><a>', None), (b'PK\x03\x04nonsense', 'damaged'), (b'SQLite format 3\0' + bytes(200), 'damaged'),
    (b'{"scrobbles": []}', 'no array'), (b'\x00\x01\x02', 'not a history'), (b'[{"a":', None)])
def test_nonsense_is_an_error_or_counted(tmp_path, data, words):
    (tmp_path/'x').write_bytes(data)
    try: plays, report = read(tmp_path/'x')
    except HistoryError as e: assert 'x: ' in str(e) and (words is None or words in str(e))
    else: assert words is None and not plays and report.bad
    with pytest.raises(HistoryError, match='cannot be read'): read(tmp_path/'gone')


def test_a_file_that_breaks_off_keeps_what_was_before(tmp_path):
    (tmp_path/'x.json').write_text(json.dumps(listens())[:-200])
    plays, report = read(tmp_path/'x.json')
    assert len(plays) == 2 and 'no JSON from there on' in str(report)
    (tmp_path/'y.csv').write_bytes(COMMA.encode()[:-12] + b'\x00"')
    assert len(read(tmp_path/'y.csv')[0]) >= 2


@pytest.mark.parametrize('row', [dict(), [], 3, None, dict(track_metadata=[]), dict(track_metadata=dict(additional_info=[1]), listened_at=WHEN),
                                 dict(name='x', date=[1]), dict(name=7, date=WHEN), dict(name='x', date=1e300), dict(name='x', date='1e999')])
def test_odd_rows_are_left_out(tmp_path, row):
    (tmp_path/'x.json').write_text(json.dumps([row, *listens()]))
    plays, report = read(tmp_path/'x.json')
    assert len(plays) == 3 and sum(n for n, _ in report.bad.values()) == 1


def test_times():
    for t in (WHEN, str(WHEN), WHEN*1000, WHEN*10**6, '2023-11-14T22:13:20Z', '2023-11-14 23:13:20+01:00', '2023-11-14 22:13:20'): assert checked_time(t) == WHEN
    for t in '', 'x', 'nan', 'inf', '-5', 1e30, '99999-01-01':
        with pytest.raises(ValueError): checked_time(t)


@pytest.fixture(scope='module')
def made(tmp_path_factory, music):
    folder = tmp_path_factory.mktemp('history')
    library = Library(folder/'my.songae')
    library.sync(shutil.copytree(music, folder/'music'), progress=False)
    library.db.close()
    return library.folder


@pytest.fixture
def folder(made, tmp_path): return Path(shutil.copytree(made, tmp_path/'my.songae', ignore=shutil.ignore_patterns('*-wal', '*-shm')))


def names(folder): return [t for t, in connect(folder/'catalog.db').rows('select title from songs order by id')]


def history_log(folder, path, plays=400, seed=0):
    df, titles = Listener(SongMatcher.load(folder).codes_, moods=3, seed=seed).draw(plays), names(folder)
    return log(path, [('tests', titles[p.song], int(p.time), 'S' if p.skipped else 'L') for p in df.itertuples()]), df


def test_finding(folder):
    db = connect(folder/'catalog.db')
    title = names(folder)[2]
    db.execute("update songs set tags = json_set(tags, '$.mbid_recording', json('[\"abc\"]')) where id = 3")
    db.commit()
    finder = SongFinder(db)
    path, third = db.rows('select path, hash from songs where id = 3')[0]
    def find(**about): return finder.find(Play(WHEN, **dict(title='', artist='') | about))
    assert find(title='other', mbid='ABC') == (third, 'MusicBrainz id')
    assert find(title='other', path=path) == (third, 'path')
    assert find(title='other', path='/elsewhere/music/' + Path(path).name) == (third, 'path')
    assert find(title='other', path='D:\\music\\' + Path(path).name.upper()) == (third, 'path')
    assert find(title=title.upper(), artist='Tests') == (third, 'name') == find(title=f'{title} [Explicit]', artist='tésts', duration=9)
    assert find(title=title, artist='tests', duration=100) == (None, '')        # another version of it
    long = max(names(folder), key=len)
    misspelled = long.replace(long[0], 'q', 1)
    assert find(title=misspelled, artist='tests') == (db.value('select hash from songs where title = ?', [long]), 'likeness')
    assert find(title=misspelled[:-1] + '7', artist='tests') == (None, '') == find(title=misspelled, artist='nobody')
    for other in 'angie', 'annie', 'go', 'no', 'Prelude in C', 'Prelude in D':      # one letter, another song
        db.execute("update songs set title = ?, artist = 'The Rolling Stones' where id = 4", [other])
        assert SongFinder(db).find(Play(WHEN, {'angie': 'annie', 'annie': 'angie', 'go': 'no', 'no': 'go'}.get(other, 'Prelude in E'), 'The Rolling Stones')) == (None, '')
    assert find(title=title[:-1], artist='nobody') == (None, '') == find(title='nothing', artist='nobody') == find(title='', path='nothing.mp3')


def test_names():
    assert comparable('The Sign (feat. X) [Remastered 2011]') == 'the sign' == comparable('THE  SIGN') and comparable('Ω') and comparable('')  == ''
    assert comparable('Live (at home)') == 'live at home'


def test_imports_are_idempotent(folder, tmp_path):
    path, df = history_log(folder, tmp_path/'x.log')
    h = History(folder)
    assert not h.exists and h.plays().empty and 'nothing yet' in repr(h)
    assert h.import_file(path, progress=False).added == len(df) and h.import_file(path, progress=False).added == 0
    plays = h.plays()
    assert len(plays) == len(df) and (plays.kind == df.kind).all() and f'{len(df):,} plays' in repr(h)
    again = [dict(artist='tests', name=names(folder)[p.song], date=dict(uts=str(int(p.time) + 3))) for p in df.itertuples()]
    (tmp_path/'same.json').write_text(json.dumps(again))
    h.import_file(tmp_path/'same.json', progress=False)      # of a service that is some seconds late
    assert len(h.plays()) == len(df)


def test_songs_that_are_not_there_are_listed_and_found_later(folder, tmp_path, music):
    path = log(tmp_path/'x', [('tests', 'unheard', WHEN, 'L'), ('tests', 'unheard', WHEN + 500, 'L'), ('tests', names(folder)[0], WHEN + 900, 'L')])
    h = History(folder)
    report = h.import_file(path, progress=False)
    assert report.missing == [('tests', 'unheard', 2)] and 'not there: 2' in str(report) and len(h.plays()) == 1
    SongMatcher.load(folder).add(music.parent/'unheard.flac', progress=False)
    assert h.import_file(path, progress=False).missing == [] and len(h.plays()) == 3
    db = connect(folder/'catalog.db')
    with db: db.execute("update songs set gone = 1 where title = 'unheard'")
    assert len(History(folder).plays()) == 1       # and nothing fails
    with db: db.execute("delete from songs where title = 'unheard'")
    assert History(folder).import_file(path, progress=False).missing == [('tests', 'unheard', 2)]


def test_songs_from_elsewhere_are_no_pause(folder, tmp_path):
    "Two songs of the library, with an hour of others between them, are one session; with an hour of silence, two."
    a, b = names(folder)[:2]
    others = [('x', f'streamed {i}', WHEN + 240*i, 'L') for i in range(1, 15)]
    h = History(folder)
    h.import_file(log(tmp_path/'x', [('tests', a, WHEN, 'L'), *others, ('tests', b, WHEN + 3600, 'L')]), progress=False)
    assert h.plays().session.nunique() == 1 and [len(s) for s in h.sessions(SongMatcher.load(folder))] == [2]
    h.forget()
    h.import_file(log(tmp_path/'y', [('tests', a, WHEN, 'L'), ('tests', b, WHEN + 3600, 'L')]), progress=False)
    assert h.plays().session.nunique() == 2


def test_whole_minutes_of_another_source_are_the_same_plays(folder, tmp_path):
    titles, h = names(folder), History(folder)
    h.import_file(log(tmp_path/'x', [('tests', t, WHEN + 300*i + 7*i, 'L') for i, t in enumerate(titles)]), progress=False)
    minutes = ''.join(f'tests,,{t},{time.strftime("%d %b %Y %H:%M", time.gmtime(WHEN + 300*i + 7*i))}\n' for i, t in enumerate(titles))
    (tmp_path/'x.csv').write_text(minutes)
    h.import_file(tmp_path/'x.csv', progress=False)
    assert len(h.plays()) == len(titles)


def test_a_session_of_a_whole_day(folder, tmp_path):
    titles = names(folder)
    path = log(tmp_path/'x', [('tests', titles[i % 8], WHEN + 200*i, 'L') for i in range(432)])
    h, m = History(folder), SongMatcher.load(folder)
    h.import_file(path, progress=False)
    assert h.plays().session.nunique() == 1 and len(h.sessions(m)) == 1 and h.learn(m, progress=False, units=4, epochs=1)['sessions'] == 1
    assert len(m.next_songs([m.songs_.path.iloc[0]], 3)) == 3


def test_songs_keep_their_plays_when_the_library_is_made_anew(folder, tmp_path, music):
    "Rows of a catalog get other numbers; a file is replaced by another with the same song; songs are removed for good."
    path, df = history_log(folder, tmp_path/'x')
    h = History(folder)
    h.import_file(path, progress=False)
    def played(): return History(folder).plays().merge(_songs(folder), left_on='song', right_index=True).title.value_counts()
    before = played()
    SongMatcher().fit(sorted(music.glob('*.flac'), reverse=True), progress=False, resume=False).save(folder)
    assert played().sort_index().equals(before.sort_index()) and names(folder) == sorted(names(folder), reverse=True)
    db = connect(folder/'catalog.db')
    with db: db.execute("update songs set gone = 1, path = 'old' where id = 1")
    with db: db.execute("insert into songs select 99, path || 'new', title, artist, album, albumartist, genre, year, track, disc, tags, duration, size, modified, 'other', remarks, added, null from songs where id = 1")
    h = History(folder)
    h.import_file(path, progress=False)
    assert 99 in set(h.plays().song) and 1 not in set(h.plays().song)


def _songs(folder):
    from songae.catalog import songs
    return songs(connect(folder/'catalog.db'))[['title']]


def test_counts_grow_and_count_as_popularity(folder, tmp_path):
    stickers(tmp_path/'a.sql')
    db = sqlite3.connect(tmp_path/'a.sql')
    titles = names(folder)
    paths = [Path(p) for p, in connect(folder/'catalog.db').rows('select path from songs order by id')]
    db.execute('delete from sticker')
    def put(uri, n, when): db.executemany("insert into sticker values ('song', ?, ?, ?)", [(uri, 'playCount', str(n)), (uri, 'lastPlayed', str(when))])
    put(f'music/{paths[0].name}', 4, WHEN)
    put('gone/nowhere.flac', 4, WHEN)
    db.commit()
    h = History(folder)
    assert 'only counts are known, and not when: 2' in str(h.import_file(tmp_path/'a.sql', progress=False))
    db.execute('delete from sticker')
    put(f'music/{paths[0].name}', 9, WHEN + 10**6)
    put('gone/nowhere.flac', 9, WHEN + 10**6)
    db.commit()
    assert h.import_file(tmp_path/'a.sql', progress=False).missing == [('', 'nowhere', 9)]
    h.import_file(log(tmp_path/'x', [('tests', titles[1 + i % 3], WHEN + 300*i + 40_000*(i//3), 'L') for i in range(60)]), progress=False)
    m = SongMatcher.load(folder)
    h.learn(m, progress=False, units=4, epochs=1)
    model = h.model(m)
    assert model.counts_[0] == 9 and model.models['GRU'].counts_[0] == 9 and model.trust([0]) == .75


def test_a_song_that_plays_is_no_pause_and_one_that_is_left_at_once_is_skipped(folder, tmp_path):
    a, b, c = names(folder)[:3]
    h = History(folder)
    db = connect(folder/'catalog.db')
    with db: db.execute('update songs set duration = 5000 where title = ?', [a])
    h.import_file(log(tmp_path/'x', [('tests', a, WHEN, 'L'), ('tests', b, WHEN + 5100, 'L')], length=0), progress=False)
    assert h.plays().session.tolist() == [0, 0]
    rows = [dict(artist='tests', name=t, date=dict(uts=str(WHEN + 10**6 + s))) for t, s in ((a, 0), (b, 9), (c, 300))]
    (tmp_path/'y.json').write_text(json.dumps(rows))
    h.import_file(tmp_path/'y.json', progress=False)
    assert h.plays().kind.tolist()[2:] == ['skip', 'known', 'new']


def test_the_network_answers_as_it_was_when_songs_come(folder, tmp_path, music):
    path, _ = history_log(folder, tmp_path/'x')
    h, m = History(folder), SongMatcher.load(folder)
    h.import_file(path, progress=False)
    h.learn(m, progress=False, units=8, epochs=2)
    before = h.model(m).models['GRU'].wanted([0, 3])
    m.add(music.parent/'unheard.flac', progress=False)
    np.testing.assert_allclose(History(folder).model(SongMatcher.load(folder)).models['GRU'].wanted([0, 3]), before, rtol=1e-5)


def test_a_history_that_may_only_be_read(folder, tmp_path):
    path, _ = history_log(folder, tmp_path/'x')
    h, m = History(folder), SongMatcher.load(folder)
    h.import_file(path, progress=False)
    h.learn(m, progress=False, units=4, epochs=1)
    h.close()
    before = (folder/'history.db').stat().st_mtime_ns
    first = m.next_model()
    m.next_songs([m.songs_.path.iloc[0]])
    assert m.next_model() is first and (folder/'history.db').stat().st_mtime_ns == before       # read once, and only read


def test_a_clock_that_was_set(folder, tmp_path):
    path = log(tmp_path/'x', [('tests', t, WHEN - 10**7*(i == 2), 'L') for i, t in enumerate(names(folder))])
    report = History(folder).import_file(path, progress=False)
    assert 'go back by more than a day: 1' in str(report) and History(folder).plays().time.is_monotonic_increasing


def test_nothing_to_learn_from(folder):
    with pytest.raises(HistoryError, match='no session of two songs'): History(folder).learn(SongMatcher.load(folder))
    assert History(folder).model(SongMatcher.load(folder)) is None and SongMatcher.load(folder).listening() is None


def test_learn_answer_forget(folder, tmp_path, music):
    path, _ = history_log(folder, tmp_path/'x')
    h, m = History(folder), SongMatcher.load(folder)
    h.import_file(path, progress=False)
    session = list(m.songs_.path[:2])
    by_sound = m.next_songs(session, 7)
    assert by_sound.attrs['by'] == 'sound' and by_sound.index[0] == m.recommend(session[-1], 2).index.drop(session[0], errors='ignore')[0]
    about = h.learn(m, progress=False, units=8, epochs=3)
    assert list(about['weights']) == ['content', 'V-SKNN', 'ALS', 'GRU'] and not (folder/'learning').exists()
    found = m.next_songs(session, 5)
    assert found.attrs['by'] == 'listening' and not set(found.index) & set(session) and (found.score.diff().dropna() <= 0).all()
    assert m.recommend(tuple(session), 5).equals(found) and 'title' in found._repr_html_()
    unheard = m.next_songs([session[0], music.parent/'unheard.flac'], 5)      # its nearest song stands for it, and may be named
    assert len(unheard) == 5 and session[0] not in unheard.index
    with pytest.raises(ValueError, match='a song at least'): m.next_songs([])
    (folder/'listening.npz').write_bytes(b'nonsense')
    with pytest.raises(HistoryError, match='damaged'): SongMatcher.load(folder).next_songs(session)
    h.forget()
    assert not list(folder.glob('history*')) and not list(folder.glob('listening*')) and m.next_songs(session).attrs['by'] == 'sound'


def test_an_encoder_that_was_learned_anew_keeps_what_is_of_songs(folder, tmp_path, music):
    path, _ = history_log(folder, tmp_path/'x')
    h = History(folder)
    h.import_file(path, progress=False)
    h.learn(SongMatcher.load(folder), progress=False, units=8, epochs=2)
    SongMatcher.load(folder).add(music.parent/'unheard.flac', progress=False)
    m = SongMatcher.load(folder)
    assert list(History(folder).model(m).models) == ['content', 'V-SKNN', 'ALS', 'GRU'] and len(m.next_songs([m.songs_.path.iloc[8]], 8)) == 8
    Library(folder).learn(progress=False)
    m = SongMatcher.load(folder)
    assert list(History(folder).model(m).models) == ['content', 'V-SKNN', 'ALS'] and len(m.next_songs([m.songs_.path.iloc[0]], 3)) == 3


def test_votes_are_kept_by_song_and_used_if_they_help(folder):
    h, m, rng = History(folder), SongMatcher.load(folder), np.random.default_rng(0)
    axis = m.codes_[:, int(m.codes_.std(0).argmin())]
    for _ in range(120):
        a, b, c = rng.choice(8, 3, replace=False)
        near, far = (b, c) if abs(axis[a] - axis[b]) < abs(axis[a] - axis[c]) else (c, b)
        h.add_votes([(m.ids_[a], m.ids_[near], m.ids_[far])])
    assert h.triplets(m).shape == (120, 3) and h.triplets(m).max() < 8
    h.add_votes([(1, 2, 3), (1, 2, 3)])
    n = len(h.triplets(m))
    h.drop_votes([(1, 2, 3)])
    assert len(h.triplets(m)) == n - 1
    for i in range(40): h.add_play(m.ids_[i % 8], when=WHEN + 200*i + 40_000*(i//8), played=200)
    said = h.learn(m, progress=False, units=4, epochs=1)['votes']
    assert said.startswith('121 votes') and ('; used' in said) == ('metric' in h.learned())


def test_a_song_whose_path_is_no_text_can_be_played(folder):
    h, m = History(folder), SongMatcher.load(folder)
    path = b'/music/caf\xe9.mp3'
    with m.catalog_ as db: db.execute('update songs set path = cast(? as text) where id = ?', [path, int(m.ids_[2])])
    h.add_play(m.ids_[2])
    assert h.plays().song.tolist() == [m.ids_[2]]


def test_plays_of_an_app(folder):
    h, m = History(folder), SongMatcher.load(folder)
    for i, t in enumerate([0, 10, 300]): h.add_play(m.ids_[i], when=WHEN + t, played=[8, 200, None][i])
    assert h.plays().kind.tolist() == ['skip', 'new', 'new'] and len(History(folder).sessions(m)[0]) == 2


def test_a_killed_import_is_run_again(folder, tmp_path):
    rows = [('tests', names(folder)[i % 8], WHEN + 300*i, 'L') for i in range(60_000)]
    path = log(tmp_path/'x', rows)
    code = f'from songae.history import History; History({str(folder)!r}).import_file({str(path)!r}, progress=False)'
    p = subprocess.Popen([sys.executable, '-c', code])
    h = History(folder)
    for _ in range(600):
        if h.exists and h.db.value("select count(*) from sqlite_master where name = 'plays'") and h.db.value('select count(*) from plays'): break
        time.sleep(.05)
    p.send_signal(signal.SIGKILL)
    p.wait()
    some = h.db.value('select count(*) from plays')
    assert some % 10_000 == 0 and some
    h.import_file(path, progress=False)
    assert h.db.value('select count(*) from plays') == 60_000


@pytest.mark.skipif(not Path('/proc/self/status').exists(), reason='asks Linux for the peak of memory')
def test_a_long_history_is_streamed(folder, tmp_path):
    "Three times as many rows need no more memory."
    code = '''if True:
        import re, sys
        from songae.history import History
        History(sys.argv[1]).import_file(sys.argv[2], progress=False)
        print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])'''
    peaks = []
    for n in 40_000, 120_000:
        rows = (json.dumps(dict(listened_at=WHEN - 60*i, track_metadata=dict(artist_name=f'a {i % 7}', track_name=f's {i % 999}'))) for i in range(n))
        (tmp_path/'x.json').write_text('[' + ',\n'.join(rows) + ']')
        shutil.rmtree(tmp_path/'lib', ignore_errors=True)
        shutil.copytree(folder, tmp_path/'lib')
        peaks.append(int(python(code, tmp_path/'lib', tmp_path/'x.json')))
    assert peaks[1] < 1.2*peaks[0] and peaks[1] < 400_000


def test_without_the_extra_likeness_is_left_out(folder, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, 'rapidfuzz', None)
    assert SongFinder(connect(folder/'catalog.db')).find(Play(WHEN, names(folder)[2], 'testz')) == (None, '')
    monkeypatch.setitem(sys.modules, 'ijson', None)
    (tmp_path/'x.json').write_text('[]')
    with pytest.raises(HistoryError, match=r'songae\[history\]'): read(tmp_path/'x.json')


def test_another_database_is_left_alone(folder):
    with sqlite3.connect(folder/'history.db') as db: db.execute('pragma application_id = 7')
    with pytest.raises(HistoryError, match='not a history'): History(folder).plays()
