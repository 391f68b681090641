#include "markdown.h"

#include <fmt/format.h>
#include <md4c.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "markdown_lines.h"

namespace gf::cmd {
namespace {

constexpr size_t kLeastWidth = 20;
class Reader {
 public:
  explicit Reader(const Look& look)
      : width_(std::max(look.width, kLeastWidth)), colour_(look.colour) {}

  std::string read(std::string_view text) {
    MD_PARSER parser{};
    parser.flags = MD_DIALECT_GITHUB;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) {
      return static_cast<Reader*>(self)->enter(type, detail);
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) {
      return static_cast<Reader*>(self)->leave(type);
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) {
      return static_cast<Reader*>(self)->enter_span(type, detail);
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) {
      return static_cast<Reader*>(self)->leave_span(type);
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* some, MD_SIZE size, void* self) {
      return static_cast<Reader*>(self)->take(type, std::string_view(some, size));
    };
    if (md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, this) != 0)
      return printable(text);
    flush();
    return std::move(out_);
  }

 private:
  /// A list that is open, and how far it has counted; 0: it has marks.
  struct List {
    size_t next = 0;
    bool tight = false;
  };

  int enter(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_UL:
        flush();
        lists_.push_back({0, static_cast<MD_BLOCK_UL_DETAIL*>(detail)->is_tight != 0});
        break;
      case MD_BLOCK_OL: {
        flush();
        auto* list = static_cast<MD_BLOCK_OL_DETAIL*>(detail);
        lists_.push_back({std::max<size_t>(list->start, 1), list->is_tight != 0});
        break;
      }
      case MD_BLOCK_LI:
        flush();
        begin_item();
        break;
      case MD_BLOCK_QUOTE:
        flush();
        margin_.push_back("| ");
        break;
      case MD_BLOCK_H:
        level_ = static_cast<MD_BLOCK_H_DETAIL*>(detail)->level;
        styles_.push_back(level_ == 1 ? "1;4" : "1");
        break;
      case MD_BLOCK_CODE:
      case MD_BLOCK_HTML:
        raw_.clear();
        in_raw_ = true;
        break;
      case MD_BLOCK_TABLE:
        rows_.clear();
        break;
      case MD_BLOCK_TR:
        rows_.emplace_back();
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        words_.clear();
        if (type == MD_BLOCK_TH) styles_.emplace_back("1");
        break;
      default:
        break;
    }
    return 0;
  }

  int leave(MD_BLOCKTYPE type) {
    switch (type) {
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        flush();
        lists_.pop_back();
        if (lists_.empty()) gap_ = true;
        break;
      case MD_BLOCK_LI:
        flush();
        margin_.pop_back();
        mark_.clear();
        break;
      case MD_BLOCK_QUOTE:
        flush();
        margin_.pop_back();
        gap_ = true;
        break;
      case MD_BLOCK_H:
        styles_.pop_back();
        write_heading();
        break;
      case MD_BLOCK_P:
        flush();
        gap_ = lists_.empty() || !lists_.back().tight;
        break;
      case MD_BLOCK_HR:
        write_line(std::string(room(), '-'));
        gap_ = true;
        break;
      case MD_BLOCK_CODE:
        write_raw(raw_, "    ");
        break;
      case MD_BLOCK_HTML:
        write_raw(without_tags(raw_), "");
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        if (type == MD_BLOCK_TH) styles_.pop_back();
        rows_.back().push_back({std::move(words_), type == MD_BLOCK_TH});
        words_.clear();
        glue_ = false;
        break;
      case MD_BLOCK_TABLE:
        write_table();
        break;
      default:
        break;
    }
    return 0;
  }

  int enter_span(MD_SPANTYPE type, void* detail) {
    static constexpr std::string_view kStyles[] = {"3", "1", "4", "", "36", "9"};
    std::string style;
    if (type <= MD_SPAN_DEL) style = kStyles[type];
    if (type == MD_SPAN_A) {
      auto* link = static_cast<MD_SPAN_A_DETAIL*>(detail);
      address_.assign(link->href.text, link->href.size);
      link_at_ = words_.size();
    }
    if (type == MD_SPAN_CODE && !colour_) glue("`", true);
    styles_.push_back(style);
    return 0;
  }

  int leave_span(MD_SPANTYPE type) {
    styles_.pop_back();
    if (type == MD_SPAN_CODE && !colour_) glue("`", false);
    if (type == MD_SPAN_A) {
      std::string shown;
      for (size_t i = link_at_; i < words_.size(); ++i) shown += words_[i].text;
      if (!address_.empty() && shown != address_ && "mailto:" + shown != address_)
        add(" (" + address_ + ")");
    }
    return 0;
  }

  int take(MD_TEXTTYPE type, std::string_view text) {
    if (type == MD_TEXT_BR) {
      words_.push_back({"", "", false, true});
      glue_ = false;
    } else if (type == MD_TEXT_SOFTBR) {
      glue_ = false;
    } else if (type == MD_TEXT_NULLCHAR) {
      add("\xef\xbf\xbd");
    } else if (in_raw_) {
      raw_ += text;
    } else if (type == MD_TEXT_HTML) {
      // "<br>" is a table's line break; other tags say nothing here.
      bool breaks = lower(text.substr(0, 3)) == "<br";
      if (breaks) take(MD_TEXT_BR, "");
    } else if (type == MD_TEXT_ENTITY) {
      add(entity(text));
    } else {
      add(text);
    }
    return 0;
  }

  static std::string entity(std::string_view text) {
    for (auto [name, sign] :
         {std::pair{"&lt;", "<"}, std::pair{"&gt;", ">"}, std::pair{"&amp;", "&"},
          std::pair{"&quot;", "\""}, std::pair{"&nbsp;", " "}, std::pair{"&#9;", " "}}) {
      if (text == name) return sign;
    }
    return std::string(text);
  }

  /// Text between blanks becomes words; without a blank at its front it goes on with the last one.
  void add(std::string_view given) {
    std::string text = replace_all(replace_all(printable(given), "\n", " "), "\t", " ");
    std::string_view left = text;
    while (!left.empty()) {
      if (left.front() == ' ') {
        left.remove_prefix(1);
        glue_ = false;
        continue;
      }
      std::string_view word = left.substr(0, left.find(' '));
      words_.push_back({std::string(word), style(), glue_ && !words_.empty(), false});
      glue_ = true;
      left.remove_prefix(word.size());
    }
  }

  /// A sign that belongs to the word after it (`front`) or before it.
  void glue(std::string_view sign, bool front) {
    words_.push_back({std::string(sign), style(), front ? glue_ && !words_.empty() : true, false});
    glue_ = true;
  }

  [[nodiscard]] std::string style() const {
    std::string all;
    for (const std::string& one : styles_) {
      if (!one.empty()) all += (all.empty() ? "" : ";") + one;
    }
    return all;
  }

  /// What stands between the tags, without lines that held nothing else.
  static std::string without_tags(std::string_view html) {
    std::string text;
    bool tag = false;
    for (char c : html) {
      if (c == '<') tag = true;
      if (!tag) text += c;
      if (c == '>') tag = false;
    }
    std::vector<std::string> kept = lines(text);
    std::erase_if(kept, [](const std::string& line) { return trim(line).empty(); });
    return join(kept, "\n");
  }

  void begin_item() {
    if (lists_.empty()) return;
    List& list = lists_.back();
    mark_ = list.next == 0 ? "- " : fmt::format("{}. ", list.next++);
    margin_.emplace_back(mark_.size(), ' ');
  }

  [[nodiscard]] size_t room() const {
    size_t used = 0;
    for (const std::string& one : margin_) used += one.size();
    return width_ > used + kLeastCell ? width_ - used : kLeastCell;
  }

  void write_line(const std::string& line) {
    if (gap_ && !out_.empty()) out_ += "\n";
    gap_ = false;
    std::string margin;
    for (const std::string& one : margin_) margin += one;
    if (!mark_.empty()) {
      margin.replace(margin.size() - mark_.size(), mark_.size(), mark_);
      mark_.clear();
    }
    std::string whole = margin + line;
    while (!whole.empty() && whole.back() == ' ') whole.pop_back();
    out_ += whole + "\n";
  }

  void flush() {
    glue_ = false;
    if (words_.empty()) return;
    for (const std::string& line : wrapped(words_, room(), colour_)) write_line(line);
    words_.clear();
  }

  void write_heading() {
    gap_ = true;
    size_t longest = std::min(width_of(words_), room());
    flush();
    if (!colour_) write_line(std::string(longest, level_ == 1 ? '=' : '-'));
    gap_ = level_ == 1;
  }

  void write_raw(std::string_view text, const char* indent) {
    in_raw_ = false;
    if (trim(text).empty()) return;
    gap_ = true;
    for (const std::string& line : lines(text)) write_line(indent + printable(line));
    gap_ = true;
  }

  void write_table() {
    gap_ = true;
    for (const std::string& line : table_lines(rows_, room(), colour_)) write_line(line);
    gap_ = true;
  }

  size_t width_;
  bool colour_;
  std::string out_, raw_, mark_, address_;
  std::vector<Word> words_;
  std::vector<std::string> styles_, margin_;
  std::vector<List> lists_;
  std::vector<Row> rows_;
  unsigned level_ = 0;
  size_t link_at_ = 0;
  bool glue_ = false;    ///< the next text goes on with the last word
  bool gap_ = false;     ///< a blank line comes before the next one
  bool in_raw_ = false;  ///< code or HTML: kept as it is
};

}  // namespace

std::string read_markdown(std::string_view text, const Look& look) {
  return Reader(look).read(to_utf8(text));
}

std::string read_lines(std::string_view text, const Look& look) {
  std::string broken;
  for (const std::string& line : lines(std::string(text)))
    broken += line + (line.empty() || line.starts_with('|') ? "\n" : "  \n");
  return read_markdown(broken, look);
}

}  // namespace gf::cmd
