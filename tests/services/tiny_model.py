"""Writes a random model of about 100 kB that llama.cpp takes: one layer, a token for each byte. Usage: tiny_model.py FILE"""

import sys

import gguf
import numpy

WIDTH, FEED, HEADS, CONTEXT = 32, 64, 2, 4096
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: "

tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
types = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL] + [gguf.TokenType.BYTE] * 256
random = numpy.random.default_rng(7)

model = gguf.GGUFWriter(sys.argv[1], "llama")
model.add_name("tiny")
model.add_block_count(1)
model.add_context_length(CONTEXT)
model.add_embedding_length(WIDTH)
model.add_feed_forward_length(FEED)
model.add_head_count(HEADS)
model.add_head_count_kv(HEADS)
model.add_layer_norm_rms_eps(1e-5)
model.add_rope_dimension_count(WIDTH // HEADS)
model.add_vocab_size(len(tokens))
model.add_tokenizer_model("llama")
model.add_token_list(tokens)
model.add_token_scores([0.0] * len(tokens))
model.add_token_types(types)
model.add_unk_token_id(0)
model.add_bos_token_id(1)
model.add_eos_token_id(2)
model.add_chat_template(TEMPLATE)


def weights(name: str, *shape: int) -> None:
    values = random.normal(0, 0.3, shape) if len(shape) > 1 else numpy.ones(shape)
    model.add_tensor(f"{name}.weight", values.astype(numpy.float32))


weights("token_embd", len(tokens), WIDTH)
weights("blk.0.attn_norm", WIDTH)
for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
    weights(f"blk.0.{part}", WIDTH, WIDTH)
weights("blk.0.ffn_norm", WIDTH)
weights("blk.0.ffn_gate", FEED, WIDTH)
weights("blk.0.ffn_up", FEED, WIDTH)
weights("blk.0.ffn_down", WIDTH, FEED)
weights("output_norm", WIDTH)
weights("output", len(tokens), WIDTH)
model.write_header_to_file()
model.write_kv_data_to_file()
model.write_tensors_to_file()
model.close()
