// Where services are, by git's settings and the environment.
#include <gtest/gtest.h>

#include "model/service.h"

namespace gf::model {
namespace {

TEST(OllamaHost, IsReadAsOllamasOwnClientsDo) {
  const std::pair<const char*, const char*> all[] = {
      {"", "http://127.0.0.1:11434"},
      {"box", "http://box:11434"},
      {"box:1", "http://box:1"},
      {":8080", "http://127.0.0.1:8080"},
      {"0.0.0.0", "http://127.0.0.1:11434"},
      {"https://x.org", "https://x.org"},
      {"x/base/", "http://x:11434/base"},
      {"::1", "http://[::1]:11434"},
      {"ollama.com", "https://ollama.com"},
  };
  for (const auto& [host, base] : all)
    EXPECT_EQ(ollama_base({{"OLLAMA_HOST", host}}), base) << host;
}

}  // namespace
}  // namespace gf::model
