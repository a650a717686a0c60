"""Training: word material and clean articles in, the shipped model out.

Read in this order: ``corpus`` (clean articles and their split), ``lexicon`` (what a spinner writes), ``spinners``
(makers of spun text), ``vocabulary`` (what the model can say), ``examples`` (labels and batches), ``network``,
``trainer`` (the loop), ``export`` (ONNX, int8), ``calibrate`` (thresholds), and ``pipeline``, which runs them all.
"""
