"""llama.cpp's own HTTP server with one model, until standard input ends. Usage: llama_server.py MODEL PORT"""

import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"tiny"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[2])
params.n_ctx = 4096
params.n_parallel = 1
params.n_predict = 400  # a random model knows no end
params.cpuparams.n_threads = 1  # more take hundreds of times as long on a small machine
params.cpuparams_batch.n_threads = 1
params.n_threads_http = 2
params.warmup = False
params.ctx_shift = False
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
