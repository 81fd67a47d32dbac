"Why two songs match: passages that were planted are found, parts add up, and what cannot be said is said."
import numpy as np
import pytest
from conftest import write

from songae import SongMatcher
from songae.audio import SAMPLE_RATE, load
from songae.demo import demo_songs
from songae.explain import PASSAGE_SECONDS, Explanation, best_passages, clock, cosine_by_part, play_passage, read_passages
from songae.files import AudioError


@pytest.fixture(scope='module')
def songs(): return demo_songs().set_index(['style', 'variant']).path


@pytest.fixture(scope='module')
def matcher(songs): return SongMatcher().fit(list(songs), progress=False)


@pytest.mark.parametrize('first, second, planted, places', [
    ('waltz', 'house', 'hip-hop', (12, 41)), ('rock', 'lullaby', 'reggae', (3, 30)), ('ambient', 'chiptune', 'rock', (48, 20))])
def test_planted_passages_are_found(matcher, songs, tmp_path, first, second, planted, places):
    "Eight seconds of a third song, at different places of two songs of different styles."
    part, paths = load(songs[planted, 0], 8*SAMPLE_RATE, offset=20), []
    for style, place in zip((first, second), places):
        x = load(songs[style, 0])
        x[place*SAMPLE_RATE:][:len(part)] = part
        paths.append(write(tmp_path/f'{style}.wav', x))
    a, b, cosine = matcher.explain(*paths).passages[0]
    assert cosine > .9 and abs((b - a) - (places[1] - places[0])) < 1
    for found, place in zip((a, b), places): assert place - 1 < found < place + 8 - PASSAGE_SECONDS + 1


def test_a_copy_further_on_is_found_where_it_is(matcher, songs, tmp_path):
    x = load(songs['waltz', 0], 40*SAMPLE_RATE)
    later = write(tmp_path/'later.wav', np.concatenate([load(songs['rock', 0], 20*SAMPLE_RATE), x]))
    places = matcher.explain(songs['waltz', 0], later).passages
    assert len(places) == 3 and all(abs(b - a - 20) < 1 and c > .9 for a, b, c in places)
    for i, p in enumerate(places):      # and they do not overlap
        for q in places[:i]: assert abs(p[0] - q[0]) >= PASSAGE_SECONDS and abs(p[1] - q[1]) >= PASSAGE_SECONDS


def test_parts_add_up_to_the_cosine(matcher, songs):
    a, b = (read_passages(songs[s, 1]).mean for s in ('rock', 'reggae'))
    codes = matcher.encoder.encode_means(np.stack([a, b]))
    parts, back = (cosine_by_part(matcher.encoder, *pair) for pair in ((a, b), (b, a)))
    assert list(parts) == ['timbre', 'rhythm', 'harmony']
    np.testing.assert_allclose(sum(parts.values()), codes[0] @ codes[1], atol=1e-5)
    np.testing.assert_allclose(list(parts.values()), list(back.values()), atol=1e-5)
    np.testing.assert_allclose(sum(cosine_by_part(matcher.encoder, a, a).values()), 1, atol=1e-5)


def test_best_passages_of_a_table():
    seconds = np.arange(0, 30, .75)
    cosines = np.zeros((40, 40))
    cosines[10, 30], cosines[11, 20], cosines[30, 29] = .9, .8, .7
    assert best_passages(cosines, seconds, seconds, 2) == [(7.5, 22.5, .9), (0, 0, 0)]
    assert len(best_passages(cosines[:1, :1], seconds[:1], seconds[:1], 5)) == 1


@pytest.mark.parametrize('parts, sentence', [
    ((.3, .2, .1), 'They are alike in timbre above all, also in rhythm and harmony.'),
    ((.01, .3, -.2), 'They have little in common, and unlike in harmony.'),
    ((.02, .4, -.1), 'They are alike in rhythm above all, and unlike in harmony.'),
    ((0, 0, .2), 'They are alike in harmony above all.'),
    ((.04, .04, .04), 'They have little in common.')])
def test_sentences(parts, sentence):
    why = Explanation(('a', 'b'), ('A', 'B'), dict(zip(('timbre', 'rhythm', 'harmony'), parts)), [(62.4, 3, .5)])
    assert why.sentence == sentence and '1:02 and 0:03' in str(why)


def test_short_silent_and_missing(matcher, songs, tmp_path):
    x = load(songs['waltz', 0], 30*SAMPLE_RATE)
    short = write(tmp_path/'short.wav', x[10*SAMPLE_RATE:][:SAMPLE_RATE])
    assert matcher.explain(short, songs['waltz', 0], 5).passages
    with_gap = x.copy()
    with_gap[:15*SAMPLE_RATE] = 0
    assert min(a for a, _, _ in matcher.explain(write(tmp_path/'gap.wav', with_gap), songs['waltz', 1]).passages) >= 14
    silent = write(tmp_path/'silent.wav', np.zeros(9*SAMPLE_RATE))
    with pytest.raises(AudioError, match=r'silent\.wav: .*silent'): matcher.explain(silent, short)
    with pytest.raises(AudioError, match=r'gone\.wav: '): matcher.explain(tmp_path/'gone.wav', short)


def test_a_changed_file_is_read_anew(matcher, songs, tmp_path):
    path = write(tmp_path/'song.wav', load(songs['waltz', 0], 20*SAMPLE_RATE))
    before = matcher.explain(path, songs['house', 0])
    write(path, load(songs['house', 0], 21*SAMPLE_RATE))
    assert sum(matcher.explain(path, songs['house', 0]).parts.values()) > sum(before.parts.values()) + .3


def test_titles_are_texts_and_players_are_there(matcher, songs, tmp_path):
    path = write(tmp_path/'evil.wav', load(songs['waltz', 0], 20*SAMPLE_RATE), title='<script>1</script>')
    page = matcher.explain(path, songs['waltz', 1], 2)._repr_html_()
    assert '<script>' not in page and page.count('<audio') == 4
    assert abs(len(play_passage(path, 3))/22_050 - PASSAGE_SECONDS) < .01 and clock(3599.9) == '59:59'


def test_other_encoders_cannot_say_why(saved, music):
    with pytest.raises(ValueError, match='only the encoder patches can say why'): SongMatcher.load(saved).explain(music, music)
