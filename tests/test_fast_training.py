"The fast steps take Keras's place: the same gradients, the same weights, the same checkpoints, and flat memory."
import json
import math
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import songae.training
import songae.fast_training as fast
from songae.autoencoders import BUILDERS, keras
from songae.training import Steps, cross_entropy

DENSE = ['simple', 'sparse', 'deep']
FULL = 2_500_000


def songs(n, count=5, seed=0): return np.random.default_rng(seed).random((count, n), dtype=np.float32)


def distance(a, b):
    "Relative to `b`; 0 where both are nothing, as the bias of a dead unit is."
    a, b = np.asarray(a, float), np.asarray(b, float)
    return np.linalg.norm(a - b)/max(np.linalg.norm(b), 1e-300)


def weights_after(train, name, x, epochs=3, dtype='float32', **settings):
    keras.config.set_dtype_policy(dtype)
    try: model = BUILDERS[name](x.shape[1])
    finally: keras.config.set_dtype_policy('float32')
    model.set_weights(BUILDERS[name](x.shape[1], seed=1).get_weights())
    history = train(model, x, epochs=epochs, progress=False, **settings)
    return model.get_weights(), history.loss.values


def check_three_epochs(name, x, **settings):
    """The weights are those of Keras to 1e-5. Inner biases begin at zero and are sums of as many terms as there are samples,
    most of which cancel; Keras in float32 misses those by more, so that they are held against Keras in float64."""
    ours, losses = weights_after(partial(fast.train_fast, **settings), name, x)
    theirs, their_losses = weights_after(songae.training.train, name, x)
    truth, _ = weights_after(songae.training.train, name, x.astype(float), dtype='float64')
    np.testing.assert_allclose(losses, their_losses, rtol=2e-7)
    for a, b, t in zip(ours, theirs, truth): assert min(distance(a, b), distance(a, t)) < 1e-5, (a.shape, distance(a, b), distance(a, t))


@pytest.mark.parametrize('name', DENSE)
@pytest.mark.parametrize('n', [100, 512, 70_001])      # less than a block, a whole one, two chunks with a remainder
def test_weights_after_three_epochs_are_those_of_keras(name, n):
    check_three_epochs(name, songs(n), tolerance=0)


@pytest.mark.parametrize('name', ['sparse'])
@pytest.mark.parametrize('tolerance', [0, .1])
def test_weights_after_three_epochs_are_those_of_keras_at_full_size(name, tolerance): check_three_epochs(name, songs(FULL, 4), tolerance=tolerance)


@pytest.mark.parametrize('n', [1000, FULL])
def test_gradients_of_the_ends_against_float64(n):
    "One step at rate 1 without averages changes a weight by its gradient."
    rng = np.random.default_rng(0)
    x, rows = songs(n), np.array([3, 1])
    h, w, b = rng.standard_normal((2, 4)).astype(np.float32), rng.standard_normal((4, n)).astype(np.float32), np.zeros(n, np.float32)
    dh, big = np.zeros(h.shape), np.float32(1e5)     # a rate that makes the change visible beside the weight
    a = h.astype(float) @ w
    error = (1/(1 + np.exp(-a)) - x[rows])/(2*n)
    before, loss = w.astype(float), 0.
    for start in range(0, n, 100_000): loss += fast._sweep_decoder(x, rows, h, w, b, None, big, start, min(start + 100_000, n), dh)
    assert math.isclose(loss/(2*n), np.mean(np.logaddexp(0, a) - x[rows]*a), rel_tol=1e-8)
    assert distance(dh, error @ before.T) < 1e-6
    assert distance(b, -1e5*error.sum(0)) < 1e-6
    assert distance(w - before, -1e5*(h.T.astype(float) @ error)) < 1e-6 + 6e-8*np.linalg.norm(before)/np.linalg.norm(1e5*h.T @ error)


@pytest.mark.parametrize('n', [1000, FULL])
def test_first_layer_against_float64(n):
    rng = np.random.default_rng(0)
    x, rows, following, d = songs(n), np.array([3, 1]), np.array([4, 0, 2]), 1e-3*rng.standard_normal((2, 3)).astype(np.float32)
    w, averages, sums = rng.standard_normal((n, 3)).astype(np.float32), np.zeros((2, n, 3), np.float32), np.zeros((3, 3))
    g, before = x[rows].T.astype(float) @ d, w.astype(float)
    s = (1 - fast.RHO)*g**2
    step = np.sqrt(fast.EPSILON/(s + fast.EPSILON))*g
    for start in range(0, n, 100_000): fast._sweep_encoder(x, rows, d, w, averages, np.float32(1), start, min(start + 100_000, n), following, sums)
    np.testing.assert_allclose(w, before - step, atol=3e-7)
    np.testing.assert_allclose(averages, [s, (1 - fast.RHO)*step**2], rtol=1e-5)
    assert distance(sums, x[following].astype(float) @ (before - step)) < 1e-6


@pytest.mark.parametrize('n', [999, 1000, 12_345])
def test_convolutions_against_float64(n):
    keras.config.set_dtype_policy('float64')
    reference = BUILDERS['conv'](n)
    keras.config.set_dtype_policy('float32')
    model = BUILDERS['conv'](n, seed=2)
    reference.set_weights(model.get_weights())
    x = songs(n, 3)
    with tf.GradientTape() as tape: loss = cross_entropy(x, fast.ConvSteps(model, x, 1.).forward(tf.constant(x)))
    with tf.GradientTape() as tape64: true = cross_entropy(x.astype(float), reference(x.astype(float)))
    assert abs(float(loss) - float(true)) < 1e-7
    ours, theirs = tape.gradient(loss, model.trainable_variables), tape64.gradient(true, reference.trainable_variables)
    for a, b in zip(ours, theirs): assert distance(a, np.asarray(b)) < 1e-4


def test_it_leaves_gradient_descent_in_time_and_ends_like_keras():
    x = songs(20_000, 6)*.2 + np.linspace(0, .8, 6, dtype=np.float32)[:, None]     # songs that differ in level are soon learned
    modes = []
    class Watched(fast.DenseSteps):
        def __call__(self, batches):
            for loss in super().__call__(batches):
                modes.append(self.mode)
                if self.mode == 'span': assert self.bound.max() <= self.tolerance*fast.EPSILON
                yield loss
    ours, losses = weights_after(partial(songae.training.train, steps=Watched), 'deep', x, epochs=30)
    assert modes[0] == 'span' and modes[-1] == 'adadelta'
    theirs, their_losses = weights_after(songae.training.train, 'deep', x, epochs=30)
    np.testing.assert_allclose(losses, their_losses, atol=2e-4)


def test_the_bound_holds_for_every_weight():
    "Adadelta by the letter, its averages beside the bound that gradient descent would have kept."
    x = songs(30_000, 4)
    run = fast.DenseSteps(BUILDERS['deep'](x.shape[1]), x, 1., tolerance=0)
    bound, gradients = np.zeros(2), []
    run._check_bound = lambda end, g: gradients.append((end, g))
    for epoch in range(5):
        for _ in run(np.random.default_rng(epoch).permutation(4).reshape(2, 2)):
            for end, g in gradients: bound[end] = fast.RHO*bound[end] + (1 - fast.RHO)*g**2
            gradients.clear()
            decoder = max(a[0].max() for a in run.averages)
            assert 0 < decoder <= bound[0]*1.00001 and 0 < run.first_averages[0].max() <= bound[1]*1.00001


@pytest.mark.parametrize('name', DENSE)
@pytest.mark.parametrize('tolerance', [0, .1])
def test_resumed_equals_unbroken_to_the_last_bit(name, tolerance, tmp_path):
    x, train = songs(80_000, 4), partial(fast.train_fast, tolerance=tolerance, every=0)
    whole = weights_after(train, name, x, epochs=6)
    weights_after(train, name, x, epochs=2, checkpoint=tmp_path/'ck')
    resumed = weights_after(train, name, x, epochs=6, checkpoint=tmp_path/'ck')
    np.testing.assert_array_equal(resumed[1], whole[1])
    for a, b in zip(resumed[0], whole[0]): np.testing.assert_array_equal(a, b)


def test_resumed_on_either_side_of_the_change(tmp_path):
    "A checkpoint from gradient descent, resumed; it leaves; another checkpoint; resumed again."
    x = songs(20_000, 6)*.2 + np.linspace(0, .8, 6, dtype=np.float32)[:, None]
    whole = weights_after(fast.train_fast, 'deep', x, epochs=30)
    for epochs in 2, 25, 30: parts = weights_after(fast.train_fast, 'deep', x, epochs=epochs, checkpoint=tmp_path/'ck')
    np.testing.assert_array_equal(parts[1], whole[1])
    for a, b in zip(parts[0], whole[0]): np.testing.assert_array_equal(a, b)


def test_same_seed_same_weights():
    runs = [weights_after(fast.train_fast, 'deep', songs(8_820, 8), tolerance=0)[0] for _ in range(10)]
    for other in runs[1:]:
        for a, b in zip(runs[0], other): np.testing.assert_array_equal(a, b)


def test_an_interruption_leaves_a_model_that_can_be_used():
    class Interrupted(fast.DenseSteps):
        def __call__(self, batches):
            for i, loss in enumerate(super().__call__(batches)):
                if i == 2: raise KeyboardInterrupt
                yield loss
    x, model = songs(5000, 8), BUILDERS['deep'](5000)
    before = model.get_weights()
    with pytest.raises(KeyboardInterrupt): songae.training.train(model, x, steps=Interrupted, progress=False)
    assert all(np.isfinite(w).all() and not np.array_equal(w, b) for w, b in zip(model.get_weights(), before))


def test_other_batches_and_an_odd_last_one():
    for batch_size in 1, 3, 5:
        ours, _ = weights_after(partial(fast.train_fast, tolerance=0), 'deep', songs(700), batch_size=batch_size)
        theirs, _ = weights_after(songae.training.train, 'deep', songs(700), batch_size=batch_size)
        for a, b in zip(ours, theirs): assert distance(a, b) < 1e-5


def test_a_saved_encoder_opens_without_songae(tmp_path):
    from songae.autoencoders import encoder_of
    x, model = songs(2000), BUILDERS['deep'](2000)
    fast.train_fast(model, x, epochs=2, progress=False)
    encoder_of(model).save(tmp_path/'e.keras'); np.save(tmp_path/'x.npy', x)
    code = f'import keras, numpy as np; np.save(r"{tmp_path}/z.npy", keras.models.load_model(r"{tmp_path}/e.keras")(np.load(r"{tmp_path}/x.npy")))'
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, env=os.environ | {'KERAS_BACKEND': 'tensorflow'})
    assert p.returncode == 0, p.stderr
    np.testing.assert_allclose(np.load(tmp_path/'z.npy'), encoder_of(model)(x), rtol=1e-6)


def own_model(output, n=300):
    x = keras.Input((n,)); h = keras.layers.Dense(3, 'tanh', name='code')(x)
    return keras.Model(x, keras.layers.Dense(n, output)(h), name='mine')


def test_a_model_of_ones_own_is_trained_by_keras_unless_built_like_the_papers():
    steps = fast.steps_for(own_model('sigmoid'), .1)
    assert steps.func is fast.DenseSteps
    x = songs(300)
    a, b = own_model('sigmoid'), own_model('sigmoid')
    b.set_weights(a.get_weights())
    np.testing.assert_allclose(fast.train_fast(a, x, epochs=3, tolerance=0, progress=False).loss, songae.training.train(b, x, epochs=3, progress=False).loss, rtol=1e-5)
    assert fast.steps_for(own_model('hard_sigmoid'), .1) is Steps
    h = fast.train_fast(own_model('hard_sigmoid'), x, epochs=2, progress=False)
    assert h.loss[2] < h.loss[1]


def test_a_checkpoint_is_not_resumed_with_another_tolerance(tmp_path):
    x = songs(300)
    fast.train_fast(BUILDERS['deep'](300), x, epochs=1, checkpoint=tmp_path/'c', progress=False)
    with pytest.raises(ValueError, match='steps'):
        fast.train_fast(BUILDERS['deep'](300), x, epochs=2, tolerance=0, checkpoint=tmp_path/'c', progress=False)


FLAT = '''
import numpy as np, songae.training, songae.fast_training as fast
from songae.autoencoders import BUILDERS
x = np.random.default_rng(0).random((6, {n}), dtype=np.float32)
class Watched:
    def __init__(self, run): self.run, self.peaks = run, []
    def __getattr__(self, name): return getattr(self.run, name)
    def __call__(self, batches):
        yield from self.run(batches)
        self.peaks += [int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")]
for name, tolerance in ("deep", .1), ("deep", 0), ("conv", 0):
    model, runs = BUILDERS[name]({n}), []
    def steps(*args): runs.append(Watched(fast.steps_for(model, tolerance)(*args))); return runs[0]
    songae.training.train(model, x, epochs=100, steps=steps, progress=False)
    print(runs[0].peaks[99] - runs[0].peaks[9])
'''


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_memory_stays_flat_over_100_epochs():
    p = subprocess.run([sys.executable, '-c', FLAT.format(n=20_000)], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    assert max(map(int, p.stdout.split())) < 40_000, p.stdout     # kB in 90 epochs


@pytest.mark.parametrize('model', ['sparse', 'conv'])
def test_the_benchmark_runs_and_its_sides_agree(model):
    script = Path(__file__).parent.parent/'benchmarks'/'training.py'
    command = [sys.executable, str(script), '--model', model, '--samples', '10000', '--songs', '3', '--rounds', '1', '--epochs', '1', '--json']
    p = subprocess.run(command, capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    result = json.loads(p.stdout)
    for side in ('exact', 'span') if model == 'sparse' else ('blocks',):
        r = result[side]
        assert r['distance']['large'] < 1e-3 and abs(r['loss'] - result['keras']['loss']) < 1e-4
        assert r['times_faster'] > 0 and r['memory_ratio'] > 0 and (model == 'conv' or r['reached'] > 0)
