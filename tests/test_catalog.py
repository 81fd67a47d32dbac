"The catalog under two readers and a writer, with files that are none, and from other versions."
import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from songae import catalog


HERE = str(Path(__file__).parent)
REST = dict(artist='', album='', albumartist='', genre='', year=None, track=None, disc=None, tags='{}', duration=1., modified=0,
            remarks='', added=0.)


def row(i, **changes):
    song = dict(path=f'/music/{i}.wav', title=f'song {i}', size=i, hash=f'{i:032x}', **REST) | changes
    return song | dict(path=song['path'].encode())


WRITER = '''
import sys, numpy as np
sys.path.insert(0, sys.argv[2])
from songae import catalog
from test_catalog import REST
db = catalog.connect(sys.argv[1])
m = catalog.add_model(db, 'deep', {}, 'w')
row = dict(title='', size=1, **REST)
for i in range(150):
    ids = catalog.add_songs(db, [row | dict(path=f'/{i}-{j}'.encode(), hash=f'{i}{j}') for j in range(10)])
    catalog.add_codes(db, m, ids, np.full((10, 2), i))
print('written')
'''
READER = '''
import sys
from songae import catalog
db, seen = catalog.connect(sys.argv[1]), set()
print('ready', flush=True)
while not seen or max(seen) < 1500:
    n = len(catalog.songs(db)); codes = db.execute('select count(*) from codes').fetchone()[0]
    assert n % 10 == 0 and codes % 10 == 0, 'half a transaction was seen'
    seen.add(codes)
print(len(seen))
'''


def test_two_readers_while_a_third_writes(tmp_path):
    path = tmp_path/'catalog.db'
    catalog.connect(path).close()
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    def run(script): return subprocess.Popen([sys.executable, '-c', script, str(path), HERE], **pipes)
    readers = [run(READER), run(READER)]
    for p in readers: assert p.stdout.readline() == 'ready\n', p.stderr.read()
    writer = run(WRITER)
    try:
        for p in (writer, *readers):
            out, error = p.communicate(timeout=120)
            assert p.returncode == 0, error
            if p is not writer: assert int(out) > 2       # it did see the catalog grow
    finally:
        for p in readers: p.kill()      # they would wait for the writer for ever
    assert len(catalog.songs(catalog.connect(path))) == 1500


CREATOR = '''
import sys
from songae import catalog
sys.path.insert(0, sys.argv[3])
from test_catalog import REST
row = dict(path=sys.argv[2].encode(), title='', size=1, hash='', **REST)
catalog.add_songs(catalog.connect(sys.argv[1]), [row])
'''


def test_two_processes_may_create_it_at_once(tmp_path):
    command = [sys.executable, '-c', CREATOR, str(tmp_path/'c.db')]
    ps = [subprocess.Popen([*command, str(i), HERE], stderr=subprocess.PIPE, text=True) for i in range(4)]
    for p in ps: assert p.wait() == 0, p.stderr.read()
    assert len(catalog.songs(catalog.connect(tmp_path/'c.db'))) == 4


def test_another_may_be_writing_when_it_is_opened(tmp_path):
    path = tmp_path/'c.db'
    with contextlib.closing(catalog.connect(path)) as first:
        first.execute('pragma journal_mode = delete')     # its state for a moment, while it is made
    second = sqlite3.connect(path)
    second.execute('begin immediate')
    third = catalog.connect(path)
    assert catalog.songs(third).empty and third.execute('pragma journal_mode').fetchone() == ('delete',)
    second.close()
    third.close()
    assert catalog.connect(path).execute('pragma journal_mode').fetchone() == ('wal',)


def test_twice_is_once_and_a_changed_file_loses_its_codes():
    db = catalog.connect()
    ids = catalog.add_songs(db, [row(1), row(2)])
    m = catalog.add_model(db, 'deep', {'a': 1}, 'w')
    catalog.add_codes(db, m, ids, np.eye(2))
    assert catalog.add_songs(db, [row(2), row(1)]) == ids[::-1]
    assert len(catalog.songs(db)) == 2 and len(catalog.codes(db, m)[0]) == 2
    catalog.add_songs(db, [row(1, title='retagged')])
    assert len(catalog.codes(db, m)[0]) == 2 and catalog.songs(db).title[ids[0]] == 'retagged'
    catalog.add_songs(db, [row(1, hash='new')])
    assert catalog.codes(db, m)[0].tolist() == [ids[1]]
    assert catalog.add_model(db, 'deep', {'a': 2}, 'w') == m and catalog.models(db)[m]['settings'] == {'a': 2}


def test_all_or_none():
    db = catalog.connect()
    with pytest.raises(sqlite3.Error): catalog.add_songs(db, [row(1), row(2, title=None)])
    assert len(catalog.songs(db)) == 0
    ids, m = catalog.add_songs(db, [row(1)]), catalog.add_model(db, 'deep', {}, 'w')
    wrong = [([ids[0], 99], np.eye(2), sqlite3.IntegrityError),
             (ids, [[np.nan, 1]], ValueError),
             (ids, np.eye(2), ValueError)]
    for song_ids, codes, error in wrong:
        with pytest.raises(error): catalog.add_codes(db, m, song_ids, codes)
    assert len(catalog.codes(db, m)[0]) == 0
    with pytest.raises(sqlite3.IntegrityError): catalog.add_codes(db, 99, ids, np.ones((1, 2)))


def test_deleting_a_song_deletes_its_codes():
    db = catalog.connect()
    ids, m = catalog.add_songs(db, [row(1), row(2)]), catalog.add_model(db, 'deep', {}, 'w')
    catalog.add_codes(db, m, ids, np.eye(2))
    with db: db.execute('delete from songs where id = ?', ids[:1])
    assert catalog.codes(db, m)[0].tolist() == ids[1:]


TITLES = ["Robert'); drop table songs; --", '<img onerror=alert(1)>', 'さくら', 'a\x00b', '"', "'"]


@pytest.mark.parametrize('title', TITLES)
def test_text_is_kept_as_it_is(title):
    db = catalog.connect()
    catalog.add_songs(db, [row(1, title=title, path='/x/' + title)])
    assert catalog.songs(db).title.iloc[0] == title and catalog.songs(db).path.iloc[0] == '/x/' + title


def test_files_that_are_no_catalog(tmp_path):
    text = tmp_path/'text.db'; text.write_text('hello '*1000)
    other = tmp_path/'other.db'
    with sqlite3.connect(other) as db: db.execute('create table customers (name)')
    newer = tmp_path/'newer.db'
    with catalog.connect(newer) as db: db.execute('pragma user_version = 99')
    refused = {text: 'not a catalog of songs', other: 'not a catalog of songs', newer: 'newer songae',
               tmp_path/'no/where.db': 'folder'}
    for path, words in refused.items():
        with pytest.raises(catalog.CatalogError, match=words) as e: catalog.connect(path)
        assert path.name in str(e.value)
    assert text.read_text() == 'hello '*1000
    assert sqlite3.connect(other).execute('select name from sqlite_master').fetchall() == [('customers',)]


def test_it_is_what_it_says(tmp_path):
    db = catalog.connect(tmp_path/'c.db')
    pragma = lambda name: db.execute(f'pragma {name}').fetchone()[0]
    assert pragma('journal_mode') == 'wal' and pragma('foreign_keys') == 1
    assert pragma('user_version') == catalog.SCHEMA_VERSION


def test_codes_come_back_to_the_last_bit(tmp_path):
    db = catalog.connect(tmp_path/'c.db')
    z = np.random.default_rng(0).standard_normal((5, 128)).astype(np.float32)
    z[0, 0] = np.float32(1e-42)
    m = catalog.add_model(db, 'deep', {}, 'w')
    catalog.add_codes(db, m, catalog.add_songs(db, [row(i) for i in range(5)]), z)
    db.close()
    back = catalog.codes(catalog.connect(tmp_path/'c.db'), m)[1]
    np.testing.assert_array_equal(back.view(np.uint32), z.view(np.uint32))
