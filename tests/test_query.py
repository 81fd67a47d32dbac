"Everything that a listener may ask, on songs whose answer is known."
import json
import time

import numpy as np
import pytest
from conftest import write

from songae import Library, SongMatcher, catalog
from songae.history import History
from songae.playlists import Entry, playlist_text
from songae.query import (Columns, Query, QueryError, best_steps, folded, keep_query, kept_queries, lead, near_line, parse_seed, shortest_tour, smooth_path,
                          straight_path, tour_length)

N_ARTISTS, PER_ARTIST = 30, 12


@pytest.fixture(scope='module')
def m(music):
    "Eight real songs, and 360 made ones: an artist is a cluster of codes, its albums have four songs each."
    m = SongMatcher().fit(music, progress=False)
    rng, size = np.random.default_rng(0), m.codes_.shape[1]
    centers = rng.standard_normal((N_ARTISTS, size))
    rows, codes = [], []
    for a in range(N_ARTISTS):
        for i in range(PER_ARTIST):
            path = f'/made/{"rock" if a % 3 else "Jazz"}/Artist {a}/{i:02}.mp3'
            rows.append(dict(path=path.encode(), title=f'Song {a}.{i}' + (' (live)' if i == 11 else ''), artist=f'Artist {a}', album=f'Album {i//4}',
                             albumartist='', genre='Rock; Metal' if a % 3 else 'Jazz', year=1980 + a, track=i, disc=1,
                             tags=json.dumps(dict(mood='calm' if i % 2 else 'wild', artists=[f'Artist {a}'])), duration=120. + 10*i, size=1, modified=0,
                             hash=f'{a}-{i}', remarks='', added=time.time() - 86400*a))
            codes.append(centers[a] + .3*rng.standard_normal(size))
    codes = np.array(codes)/np.linalg.norm(codes, axis=1, keepdims=True)
    with m.catalog_ as db:
        ids = [catalog.put_song(db, row) for row in rows]
        catalog.put_codes(db, m.model_id_, ids, codes)
    return m.refresh()


def path_of(a, i=0): return f'/made/{"rock" if a % 3 else "Jazz"}/Artist {a}/{i:02}.mp3'
FREE = dict(by_artist=0, by_album=0)


def next_to(m, artist):
    "The artist whose songs are nearest on the mean."
    means = m.songs_.assign(at=range(len(m.songs_))).groupby('artist')['at'].apply(lambda at: m.codes_[at].mean(0))
    d = {name: np.linalg.norm(mean - means[f'Artist {artist}']) for name, mean in means.items() if name.startswith('Artist')}
    return int(sorted(d, key=d.get)[1].split()[1])


def test_a_plain_question_is_recommend(m):
    found = m.query(path_of(1), k=7, **FREE)
    assert list(found.index) == list(m.recommend(path_of(1), 7).index)
    assert np.allclose(found.distance, m.recommend(path_of(1), 7).distance, rtol=1e-4)
    assert {'title', 'artist', 'album', 'duration', 'distance'} <= set(found)


def test_artists_and_albums_do_not_fill_the_answer(m):
    found = m.query(path_of(1))
    assert len(found) == 20 and found.artist.value_counts().max() == 2
    found = m.query(path_of(1), by_artist=0, by_album=1, k=30)
    found = found[found.album != '']
    assert found.groupby(['artist', 'album']).size().max() == 1 and found.album.value_counts().max() > 1        # albums of one name are of two artists
    assert m.query(path_of(1), **FREE).artist.eq('Artist 1').sum() == 11
    assert m.query(path_of(1), where=dict(artist='artist 1'), by_album=2).artist.eq('Artist 1').sum() == 6
    assert m.query(path_of(1), where=dict(artist='artist 1'), by_artist=1).artist.size == 1
    assert len(m.query(path_of(1), where=dict(folder='Artist 1'))) == 11        # what was not asked for gives way
    assert len(m.query(path_of(1), where=dict(folder='Artist 1'), by_artist=3)) == 3
    found = m.query(path_of(1), where=dict(folder=['Artist 1', 'Artist 4']), k=12)
    assert len(found) == 12 and found.artist.eq('Artist 4').any() and found.distance.is_monotonic_increasing


def test_songs_without_an_artist_are_not_of_one_artist(m):
    with m.catalog_ as db: db.execute("update songs set artist = '', album = '' where artist in ('Artist 4', 'Artist 5')")
    m.refresh()
    try: assert (m.query(path_of(4)).artist == '').sum() > 4
    finally:
        with m.catalog_ as db:
            db.execute("update songs set artist = 'Artist 4' where path like '%/Artist 4/%'")
            db.execute("update songs set artist = 'Artist 5' where path like '%/Artist 5/%'")
            db.execute("update songs set album = 'Album ' || (track/4) where album = '' and path like '/made/%'")
        m.refresh()
    assert m.query(path_of(4)).artist.value_counts().max() == 2


def test_several_seeds_are_one_product(m, monkeypatch):
    calls, plain = [], type(m.nearest_).distances_to
    monkeypatch.setattr(type(m.nearest_), 'distances_to', lambda *args, **kw: calls.append(1) or plain(*args, **kw))
    other = next_to(m, 2)
    seeds = [path_of(2, i) for i in range(3)] + [path_of(other, i) for i in range(3)]
    found = m.query(seeds, k=12, **FREE)
    assert len(calls) == 1 and set(found.artist) >= {'Artist 2', f'Artist {other}'} and not set(seeds) & set(found.index)


def test_unlike_leads_away(m):
    other = next_to(m, 2)
    both = m.query([path_of(2), path_of(other)], k=10, **FREE)
    away = m.query([path_of(2), path_of(other)], unlike=[path_of(other, 1), path_of(other, 2)], k=10, **FREE)
    assert (both.artist == f'Artist {other}').sum() > (away.artist == f'Artist {other}').sum()
    assert not {path_of(other, 1), path_of(other, 2)} & set(away.index)
    q = lead(np.eye(3)[:1], np.eye(3)[1:2], length=1)
    assert np.isclose(np.linalg.norm(q), 1) and q[0] > 0 > q[1] and q[2] == 0


def test_albums_artists_points_and_new_files_are_seeds(m, music):
    found = m.query('artist:ARTIST 9', k=5)
    assert 'Artist 9' not in set(found.artist)
    album = m.query('album:Album 0', k=5)
    assert len(album) == 5 and 'Album 0' not in set(album.album)
    x, y = m.to_plane()[m.songs_.path.tolist().index(path_of(3))]
    near_point = m.query(f'map:{x:.4f},{y:.4f}', k=3, **FREE)
    assert len(near_point) == 3
    assert len(m.query(music.parent/'unheard.flac', k=3)) == 3
    with pytest.raises(QueryError, match='no song of the library has this artist'): m.query('artist:nobody')
    with pytest.raises(QueryError, match='a point on the map'): m.query('map:somewhere')


def test_a_part_of_a_song(m, music, tmp_path):
    one, two = sorted(music.glob('*.flac'))[0], sorted(music.glob('*.flac'))[-1]
    import soundfile as sf
    x = np.concatenate([sf.read(p)[0] for p in (one, two)])
    both = write(tmp_path/'both.flac', x, title='both')
    codes = [m.encoder.encode_song(p) for p in (one, two)]
    for text, nearer in ((f'{both}@0:00-0:04', 0), (f'{both}@4-8', 1)):
        seed = parse_seed(text)
        assert seed.kind == 'part' and seed.end - seed.start == 4
        found = m.answer(Query(text, k=2))
        assert found.index[0] == str((one, two)[nearer]), text
    assert codes[0].shape == codes[1].shape
    with pytest.raises(QueryError, match='ends before it begins'): m.query(f'{both}@0:05-0:04')
    with pytest.raises(ValueError, match='both.flac'): m.query(f'{both}@5:00-6:00')


def test_a_short_time_is_filled_though_the_nearest_songs_are_long(m):
    found = m.query(path_of(1, 5), minutes=2.05)
    assert found.duration.tolist() == [120]
    with pytest.raises(QueryError, match='none of them within 0.001 and shorter than 2.05 minutes'): m.query(path_of(1, 5), minutes=2.05, within=.001)
    with pytest.raises(QueryError, match=r'excluded by /made/\*$'):
        m.query(path_of(1, 5), exclude=['title=nothing', '/made/*'], where=dict(artist='Artist*'))


def test_of_a_playlist_some_songs_outside_the_library_are_read(m, tmp_path, monkeypatch):
    monkeypatch.setattr('songae.query.MOST_READ', 2)
    (tmp_path/'x.m3u').write_text('\n'.join([m.songs_.path.iloc[0], *(f'{n} gone.flac' for n in range(5)), m.songs_.path.iloc[0]]))
    found = m.query(tmp_path/'x.m3u', k=3)
    told = [remark.rpartition(': ')[2] for remark in found.attrs['remarks']]
    assert told == ['2 of its songs were not found, first 0 gone.flac', '3 of its songs that are not in the library were passed over']
    assert found.index.tolist() == m.query(m.songs_.path.iloc[0], k=3).index.tolist()


def test_a_playlist_goes_on_for_so_many_minutes(m, tmp_path):
    entries = [Entry(path_of(2, i), f'Song 2.{i}', 'Artist 2') for i in range(3)] + [Entry('D:\\Music\\Artist 7\\03.mp3'), Entry('gone.mp3', 'Nobody knows')]
    (tmp_path/'mix.json').write_text(playlist_text(entries, '.json'))
    found = m.query(tmp_path/'mix.json', minutes=30)
    assert 28*60 < found.duration.sum() <= 30*60 and not {e.location for e in entries} & set(found.index)
    assert 'mix.json: 1 of its songs were not found, first Nobody knows' in found.attrs['remarks'][0]
    assert path_of(7, 3) not in found.index
    (tmp_path/'none.m3u8').write_text('gone.mp3\n')
    with pytest.raises(QueryError, match='none of its 1 songs'): m.query(tmp_path/'none.m3u8')


def test_within_says_where_it_ends(m):
    all_of_them = m.query(path_of(1), within=1.2, **FREE)
    assert all_of_them.distance.max() <= 1.2 and len(all_of_them) > 5
    beyond = m.query(path_of(1), k=len(all_of_them) + 1, **FREE)
    assert beyond.distance.iloc[-1] > 1.2
    with pytest.raises(QueryError, match='none of them within 0.01'): m.query(path_of(1), within=.01)


@pytest.mark.parametrize('where, expected', [
    (dict(artist='ARTIST 1'), lambda s: s.artist == 'Artist 1'), (dict(artist=['artist 1', 'artist 2']), lambda s: s.artist.isin(['Artist 1', 'Artist 2'])),
    (dict(genre='metal'), lambda s: s.genre == 'Rock; Metal'), (dict(genre='j*'), lambda s: s.genre == 'Jazz'),
    (dict(year='1985-1989'), lambda s: s.year.between(1985, 1989)), (dict(year=1985), lambda s: s.year == 1985), (dict(year='-1981'), lambda s: s.year <= 1981),
    (dict(year=(1985, None)), lambda s: s.year >= 1985), (dict(duration='2:30-3:00'), lambda s: s.duration.between(150, 180)),
    (dict(folder='Jazz'), lambda s: s.path.str.contains('/Jazz/')), (dict(folder='/made/Jazz'), lambda s: s.path.str.contains('/Jazz/')),
    (dict(folder='rock/artist 1'), lambda s: s.path.str.contains('/Artist 1/')), (dict(added='10 days'), lambda s: s.added > time.time() - 10*86400),
    (dict(mood='calm'), lambda s: s.tags.str.contains('"calm"')), ({'tag:mood': 'wild'}, lambda s: s.tags.str.contains('wild')),
    (dict(album='album 1', year='1980-1990'), lambda s: (s.album == 'Album 1') & (s.year <= 1990)), (dict(title='* (live)'), lambda s: s.title.str.endswith('(live)'))])
def test_filters(m, where, expected):
    found = m.query(str(m.songs_.path.iloc[0]), where=where, k=500, **FREE)
    assert set(found.index) == set(m.songs_.path[expected(m.songs_)]) - {m.songs_.path.iloc[0]}


def test_a_name_may_look_like_a_pattern(m):
    songs = m.songs_.assign(artist=['[dunkelbunt]', 'd', 'Who? What?', *m.songs_.artist[3:]], tags='{"mood": "[a]"}')
    columns = Columns(songs)
    for wanted, at in {'[dunkelbunt]': [0], 'who? what?': [2], '[d]': [1], '[[]dunk*': [0]}.items():
        assert np.flatnonzero(columns.mask('artist', wanted)).tolist() == at
    assert columns.mask('mood', '[A]').all()


def test_a_question_about_a_path_that_is_no_text_is_kept(tmp_path):
    odd = Query('/music/caf\udce9.mp3')
    keep_query(tmp_path, 'odd', odd)
    keep_query(tmp_path, 'other', Query('artist:Ada'))
    assert kept_queries(tmp_path)['odd'].query == odd
    keep_query(tmp_path, 'odd')
    assert list(kept_queries(tmp_path)) == ['other']


def test_names_are_compared_without_accents(): assert folded(' Björk ') == 'bjork' and folded('Ærø') == 'ærø'


def test_exclusions(m):
    left = m.query(path_of(1), exclude=['title=*(live)', 'genre=jazz'], k=500, **FREE)
    assert not left.title.str.contains('live').any() and left.index.str.contains('/rock/').any() and not left.index.str.contains('/Jazz/').any()
    left = m.query(path_of(1), exclude=['Jazz/', '*1.mp3'], k=500, **FREE)
    assert not left.index.str.contains('/Jazz/').any() and not left.index.str.endswith('1.mp3').any() and left.index.str.endswith('2.mp3').any()
    with pytest.raises(QueryError, match=r'all of them excluded by \*.mp3, \*.flac'): m.query(path_of(1), exclude=['*.mp3', '*.flac'])


@pytest.mark.parametrize('question, said', [
    (dict(where=dict(artist='nobody')), r'with artist=nobody 0$'), (dict(where=dict(year='1980-1985', genre='jazz', title='x')), r'^no song is left: 368 songs, without the seeds 367, with year=1980-1985 71, with genre=jazz 24, with title=x 0$'),
    (dict(where=dict(tempo=120)), 'no song has this tag, and it is no column: title, artist'), (dict(where=dict(year='old')), "year: 'old' is not a number"),
    (dict(where=dict(added='lately')), 'neither a date'), (dict(minutes=1), '359 songs, none of them shorter than 1 minutes'), (dict(k=0), 'k: 0 is not'), (dict(variety=2), 'from 0 to 1'),
    (dict(order='backward'), 'order: '), (dict(to='artist:Artist 3', minutes=5), 'leave out minutes'), (dict(like=[]), 'there is no seed'), (dict(where='rock'), 'as a dict'),
    (dict(by='listening'), 'nothing was learned')])
def test_what_has_no_answer_says_why(m, question, said):
    if 'minutes' in question and 'to' not in question: question['where'] = dict(artist='Artist*')
    with pytest.raises(QueryError, match=said): m.query(**dict(like=path_of(1)) | question)


def test_versions_of_one_recording_are_one_and_the_best_is_named(m):
    with m.catalog_ as db:
        db.execute("update songs set hash = '1-1' where hash in ('1-2', '1-3')")
        db.execute("update songs set size = 9000000 where path = cast(? as text)", [path_of(1, 3)])       # more bits a second
    m.refresh()
    try:
        same = {path_of(1, i) for i in (1, 2, 3)}
        found = m.query(path_of(1), k=11, **FREE)
        assert set(found.index) & same == {path_of(1, 3)} and found.versions[path_of(1, 3)] == 3
        assert set(m.query(path_of(1), k=11, exclude='03.mp3', **FREE).index) & same in [{path_of(1, 1)}, {path_of(1, 2)}]
        assert len(set(m.query(path_of(1), k=20, versions=True, **FREE).index) & same) == 3
        assert not same & set(m.query(path_of(1, 1), k=30, **FREE).index)      # nor of the seed
    finally:
        with m.catalog_ as db: db.execute("update songs set hash = '1-' || track where hash = '1-1' and path like '/made/%'")
        m.refresh()


def test_variety_can_be_had_again(m):
    nearest = list(m.query(path_of(1), **FREE).index)
    one, again, two = (list(m.query(path_of(1), variety=.7, seed=s, **FREE).index) for s in (1, 1, 2))
    assert one == again != two and len(one) == 20 and 0 < len(set(one) & set(nearest)) < 20
    assert list(m.query(path_of(1), variety=0, seed=5, **FREE).index) == nearest
    assert len(m.query(path_of(1), variety=1, where=dict(artist='artist 1'), **FREE)) == 11      # none is lost where there are few


def test_orders(m, music):
    by_distance = m.query(path_of(1), k=15)
    flow = m.query(path_of(1), k=15, order='flow')
    assert set(flow.index) == set(by_distance.index) and by_distance.distance.is_monotonic_increasing
    def length(found):
        c = m.codes_[[m.songs_.path.tolist().index(p) for p in [path_of(1), *found.index]]]
        return np.linalg.norm(np.diff(c, axis=0), axis=1).sum()
    assert length(flow) < length(by_distance)
    real = m.query(music.parent/'unheard.flac', where=dict(artist='tests'), order='rise', **FREE)
    lively = m.liveliness([m.songs_.path.tolist().index(p) for p in real.index])
    assert len(real) >= 7 and (np.diff(lively) >= 0).all()


def test_a_tour_is_a_permutation_and_never_longer_than_the_greedy_one():
    rng = np.random.default_rng(1)
    for n in 1, 2, 3, 10, 40:
        x = rng.standard_normal((n, 5))
        d = np.linalg.norm(x[:, None] - x, axis=2)
        tour, greedy = shortest_tour(d), [0]
        while len(greedy) < n: greedy.append(min(set(range(n)) - set(greedy), key=lambda i: d[greedy[-1], i]))
        assert sorted(tour) == list(range(n)) and tour[0] == 0 and tour_length(d, tour) <= tour_length(d, greedy) + 1e-9


def test_a_path_is_smooth(m):
    wins, songs = [], m.songs_.path.tolist()
    for a, b in (1, 5), (2, 20), (7, 13), (9, 28):
        found = m.query(path_of(a), to=path_of(b), k=6, **FREE)
        assert found.index[0] == path_of(a) and found.index[-1] == path_of(b) and len(found) == 8 == len(set(found.index))
        codes = m.codes_[[songs.index(p) for p in found.index]].astype(float)
        steps = np.linalg.norm(np.diff(codes, axis=0), axis=1)
        assert np.allclose(found.distance, [0, *steps], atol=1e-4)
        others = np.array([i for i, p in enumerate(songs) if p not in (path_of(a), path_of(b))])
        line = straight_path(m.codes_[others].astype(float), codes[0], codes[-1], 6)
        plain = np.linalg.norm(np.diff(np.concatenate([codes[:1], m.codes_[others[line]], codes[-1:]]), axis=0), axis=1)
        wins.append((steps.max() <= plain.max() + 1e-6, steps.sum() < plain.sum()))
    assert np.mean(wins) > .8


def test_a_path_keeps_limits_and_filters(m):
    found = m.query(path_of(1), to=path_of(5), k=9, where=dict(genre='rock'), exclude=['title=*7'])
    inside = found.iloc[1:-1]
    assert len(inside) == 9 and inside.artist.value_counts().max() <= 2 and inside.index.str.contains('/rock/').all() and not inside.title.str.endswith('7').any()
    few = m.query(path_of(1), to=path_of(5), k=9, where=dict(artist='artist 8'), by_album=1)
    assert len(few) == 2 + 3 and 'only 3 songs between' in few.attrs['remarks'][0]


def test_the_longest_step_is_the_shortest_possible():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((9, 2))
    from itertools import permutations
    from scipy.spatial.distance import cdist
    a, b = np.array([-2., 0]), np.array([2., 0])
    path = smooth_path(x, a, b, 3)
    def longest(p): return np.linalg.norm(np.diff(np.concatenate([[a], x[list(p)], [b]]), axis=0), axis=1).max()
    assert len(set(path)) == 3 and longest(path) <= min(longest(p) for p in permutations(range(9), 3)) + 1e-9
    assert len(smooth_path(x[:2], a, b, 5)) == 2 and smooth_path(x[:0], a, b, 5) == []
    d = cdist(np.array([a, b]), x)
    assert best_steps(d[0], cdist(x, x), d[1], np.ones((1, 9), bool)) == ([d.sum(0).argmin()], d.sum(0).min())
    assert len(near_line(x, a, b, 3, np.zeros(9, bool))) == 0


def test_what_was_played_lately_is_left_out(music, tmp_path):
    library = Library(tmp_path/'my.songae')
    library.sync(music, progress=False)
    songs = library.live_matcher().songs_
    history = History(library.folder, library.db)
    history.add_play(int(songs.index[1]), skipped=False)
    history.add_play(int(songs.index[2]), skipped=True)
    seed = songs.path.iloc[0]
    found = library.query(seed, unplayed=7, **FREE)
    assert songs.path.iloc[1] not in found.index and songs.path.iloc[2] in found.index and len(found) == 6
    assert len(library.query(seed, **FREE)) == 7
    with pytest.raises(QueryError, match='not played in 7 days 0'): library.query(seed, unplayed=7, where=dict(title=songs.title.iloc[1]))


def test_a_library_answers_by_what_is_there_now(music, tmp_path):
    import shutil
    folder = tmp_path/'music'
    shutil.copytree(music, folder)
    library = Library(tmp_path/'my.songae')
    library.sync(folder, progress=False)
    seed = str(sorted(folder.glob('*.flac'))[0].resolve())
    assert len(library.query(seed, **FREE)) == 7
    first = library.live_matcher()
    shutil.copy(music.parent/'unheard.flac', folder)
    Library(tmp_path/'my.songae').sync(progress=False)
    assert len(library.query(seed, **FREE)) == 8 and library.live_matcher() is first
    Library(tmp_path/'my.songae').learn(progress=False)
    assert len(library.query(seed, **FREE)) == 8 and library.live_matcher().weights_hash_ == library.matcher().weights_hash_


def test_a_question_is_data_and_is_kept(tmp_path):
    q = Query(['a.mp3', 'artist:X'], unlike='b.mp3', where=dict(year='1990-'), exclude='live', variety=.5, seed=3)
    assert Query.from_dict(json.loads(json.dumps(q.to_dict()))) == q and 'k' not in q.to_dict()
    keep_query(tmp_path, 'evening', q, file=tmp_path/'evening.m3u8')
    keep_query(tmp_path, 'morning', Query('artist:Y'))
    assert kept_queries(tmp_path)['evening'] == (q, str(tmp_path/'evening.m3u8')) and list(kept_queries(tmp_path)) == ['evening', 'morning']
    keep_query(tmp_path, 'evening')
    assert list(kept_queries(tmp_path)) == ['morning'] and kept_queries(tmp_path/'nowhere') == {}
    with pytest.raises(QueryError, match='shape: no part of a question'): Query.from_dict(dict(like=['x'], shape='round'))
    with pytest.raises(QueryError, match='a name is a line'): keep_query(tmp_path, 'two\nlines', q)
    (tmp_path/'queries.json').write_text('[')
    with pytest.raises(QueryError, match='queries.json: cannot be read'): kept_queries(tmp_path)


def test_paths_in_a_question_do_not_depend_on_where_it_is_asked(music, tmp_path, monkeypatch):
    monkeypatch.chdir(music)
    name = sorted(music.glob('*.flac'))[0].name
    assert Query(name).like == (str(music/name),) and Query(f'{name}@0:01-0:03').like == (f'{music/name}@0:01-0:03',)
    assert Query('artist:Tests').like == ('artist:Tests',) and Query(music/'nowhere.mp3').like == (str(music/'nowhere.mp3'),)


def test_a_seed_that_was_moved_is_found_by_its_name(m):
    found = m.query('/elsewhere/Artist 1/00.mp3', k=5, **FREE)
    assert list(found.index) == list(m.query(path_of(1), k=5, **FREE).index) and f'found as {path_of(1)}' in found.attrs['remarks'][0]
    with pytest.raises(ValueError, match='nobody.mp3'): m.query('/elsewhere/nobody.mp3')
