"Training that is killed, interrupted, out of disk, or called with nonsense."
import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import songae.fast_training
from songae.autoencoders import BUILDERS
from songae.training import train

N, EPOCHS = 20_000, 60
SCRIPT = '''
import sys, numpy as np
from songae.autoencoders import BUILDERS
from songae.training import train
x = np.random.default_rng(0).random((6, {n}), dtype=np.float32)
model = BUILDERS["deep"]({n}, seed=3)
{before}
h = train(model, x, epochs={epochs}, seed=5, checkpoint=sys.argv[1], every=0, progress=False)
np.savez(sys.argv[2], *model.get_weights(), loss=h.loss)
'''


def start(checkpoint, out, before='', epochs=EPOCHS):
    return subprocess.Popen([sys.executable, '-c', SCRIPT.format(n=N, before=before, epochs=epochs), str(checkpoint), str(out)], stderr=subprocess.PIPE, text=True)


def epochs_done(checkpoint):
    "Those of the newest whole checkpoint, which is the old one for the moment in which the two change names."
    while True:
        for path in checkpoint, checkpoint.with_name(checkpoint.name + '.old'):
            try: return len(json.loads(np.load(path).tobytes())['losses'])
            except FileNotFoundError: pass


def wait_for(condition, process):
    for _ in range(3000):
        if condition(): return
        assert process.poll() is None, process.stderr.read()
        time.sleep(.02)
    raise AssertionError('nothing happened for a minute')


@pytest.mark.skipif(sys.platform == 'win32', reason='no SIGKILL')
def test_killed_and_resumed_equals_unbroken(tmp_path):
    ck = tmp_path/'checkpoint'
    kills = []
    for least in 3, 20:
        p = start(ck, tmp_path/'never.npz', before='import time, songae.training as t; w = t.write_checkpoint; t.write_checkpoint = lambda *a: (w(*a), time.sleep(.05))')
        wait_for(lambda: ck.exists() and epochs_done(ck) >= least, p)
        p.send_signal(signal.SIGKILL); p.wait()
        kills.append(epochs_done(ck))
    assert kills[0] < kills[1] < EPOCHS and not (tmp_path/'never.npz').exists()
    p = start(ck, tmp_path/'resumed.npz'); assert p.wait() == 0, p.stderr.read()
    p = start(tmp_path/'other', tmp_path/'unbroken.npz'); assert p.wait() == 0, p.stderr.read()
    a, b = np.load(tmp_path/'resumed.npz'), np.load(tmp_path/'unbroken.npz')
    assert len(a['loss']) == EPOCHS
    for k in b.files: np.testing.assert_array_equal(a[k], b[k])


@pytest.mark.skipif(sys.platform == 'win32', reason='no limit on file sizes')
def test_full_disk_keeps_the_last_checkpoint(tmp_path):
    ck = tmp_path/'checkpoint'
    assert start(ck, tmp_path/'a.npz', epochs=2).wait() == 0
    size = ck.stat().st_size
    p = start(ck, tmp_path/'b.npz', before=f'import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size//2}, {size//2}))', epochs=4)
    error = p.communicate()[1]
    assert p.returncode == 1 and 'OSError' in error and 'the checkpoint of epoch 3 could not be written' in error
    assert epochs_done(ck) == 2
    assert start(ck, tmp_path/'c.npz', epochs=4).wait() == 0     # with room again it goes on
    assert epochs_done(ck) == 4


@pytest.mark.skipif(sys.platform == 'win32', reason='no SIGINT for others')
def test_interrupt_leaves_a_whole_checkpoint(tmp_path):
    ck = tmp_path/'checkpoint'
    p = start(ck, tmp_path/'a.npz', epochs=100_000)
    wait_for(lambda: ck.exists() and epochs_done(ck) >= 2, p)
    p.send_signal(signal.SIGINT); error = p.communicate()[1]
    assert 'KeyboardInterrupt' in error and epochs_done(ck) >= 2


def songs(n=500, count=5): return np.random.default_rng(0).random((count, n), dtype=np.float32)


@pytest.mark.parametrize('name', BUILDERS)
def test_runs_repeat(name):
    h = [train(m, songs(2000), epochs=2, seed=1, progress=False) for m in (BUILDERS[name](2000, seed=1), BUILDERS[name](2000, seed=1))]
    np.testing.assert_array_equal(h[0].loss, h[1].loss)


def test_odd_last_batch_counts_by_its_songs():
    x, m = songs(count=3), BUILDERS['simple'](500)
    y = np.asarray(m(x), float)
    each = -(x*np.log(y) + (1 - x)*np.log(1 - y)).mean(1)
    h = train(m, x, epochs=1, batch_size=2, learning_rate=0., progress=False)     # nothing changes, so the epoch's loss is that of the songs
    np.testing.assert_allclose(h.loss[1], each.mean(), rtol=1e-6)


def test_history_and_paper_epochs():
    h = train(BUILDERS['deep'](200), songs(200), progress=False)
    assert list(h.columns) == ['loss', 'bias_only', 'entropy_floor'] and h.index.tolist() == list(range(1, 33)) and h.index.name == 'epoch'
    assert (h.entropy_floor < h.bias_only).all() and np.isfinite(h.to_numpy()).all()


@pytest.mark.parametrize('x, words', [(songs()*2, 'scaled to 0..1'), (songs()*np.nan, 'scaled to 0..1'), (songs()[:1], 'two songs'), (songs()[0], 'two songs')])
def test_nonsense_is_refused(x, words):
    with pytest.raises(ValueError, match=words): train(BUILDERS['simple'](500), x, progress=False)


def test_checkpoint_of_something_else(tmp_path):
    ck = tmp_path/'ck'
    train(BUILDERS['simple'](500), songs(), epochs=1, checkpoint=ck, progress=False)
    for kwargs, x, word in (dict(seed=9), songs(), 'seed'), (dict(batch_size=3), songs(), 'batch_size'), ({}, songs()[:4], 'songs'):
        with pytest.raises(ValueError, match=word): train(BUILDERS['simple'](500), x, epochs=2, checkpoint=ck, progress=False, **kwargs)
    with pytest.raises(ValueError, match='start'): train(BUILDERS['simple'](500, seed=1), songs(), epochs=2, checkpoint=ck, progress=False)
    with pytest.raises(ValueError, match='steps'): songae.fast_training.train_fast(BUILDERS['simple'](500), songs(), epochs=2, checkpoint=ck, progress=False)
    ck.write_bytes(ck.read_bytes()[:-100])
    with pytest.raises(ValueError, match='damaged'): train(BUILDERS['simple'](500), songs(), epochs=2, checkpoint=ck, progress=False)


@pytest.mark.parametrize('name', ['simple', 'conv'])
def test_reported_loss_is_true_at_full_length(name):
    "2.5 million float32 terms, summed by the compiler too: the loss before the first step against float64."
    n = 2_500_000
    x = np.random.default_rng(0).random((2, n), dtype=np.float32)**2
    model = BUILDERS[name](n, seed=1)
    y = np.concatenate([np.asarray(model(x[i:i + 1])) for i in range(2)]).astype(np.float64)
    expected = -(x*np.log(y) + (1 - x)*np.log1p(-y)).mean()
    assert abs(train(model, x, epochs=1, progress=False).loss[1] - expected) < 1e-6


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_conv_trains_at_full_length_on_8_gb():
    # not ru_maxrss, which a new process takes over from the one that starts it
    code = '''import numpy as np
from songae.autoencoders import conv
from songae.training import train
train(conv(), np.random.default_rng(0).random((4, 2_500_000), dtype=np.float32), epochs=1, progress=False)
print(*[line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")])'''
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    assert int(p.stdout) < 7_500_000, f'{int(p.stdout)/1e6:.1f} GB'
