#include "keras/datasets/pickle_reader.h"

#include <algorithm>
#include <utility>

#include "keras/engine/error.h"
#include "keras/engine/text.h"
#include "keras/saving/byte_reader.h"

namespace keras::datasets {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMostThings = 1 << 20;
constexpr std::size_t kMaxRank = 64;
constexpr int kLastProtocol = 4;

constexpr std::string_view kDtypeClass = "numpy\ndtype";
constexpr std::string_view kArrayClass = "numpy\nndarray";
constexpr std::string_view kGlobals[] = {kDtypeClass, kArrayClass,
                                         "numpy.core.multiarray\n_reconstruct",
                                         "numpy._core.multiarray\n_reconstruct"};

}  // namespace

/// The stack machine that a pickle is a program of.
class PickleMachine {
 public:
  PickleMachine(Pickle& pickle, std::size_t begin)
      : pickle_(pickle),
        file_(reinterpret_cast<const char*>(pickle.file_.data()), pickle.file_.size()),
        at_(begin) {}

  PickleValue run() {
    while (step(take(1)[0])) continue;
    if (stack_.size() != 1) fail("is a damaged pickle");
    return stack_[0];
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const { pickle_.fail(reason); }

  // False at the end of the program.
  bool step(char code) {
    switch (code) {
      case '.':  // STOP
        return false;
      case '\x80':  // PROTO
        check_protocol(number(1));
        return true;
      case '\x95':  // FRAME
        number(8);
        return true;
      case '(':  // MARK
        marks_.push_back(stack_.size());
        return true;
      case 'q':  // BINPUT
        put(number(1));
        return true;
      case 'r':  // LONG_BINPUT
        put(number(4));
        return true;
      case '\x94':  // MEMOIZE
        put(memo_.size());
        return true;
      case 'h':  // BINGET
        push(remembered(number(1)));
        return true;
      case 'j':  // LONG_BINGET
        push(remembered(number(4)));
        return true;
      case 'c':  // GLOBAL
        read_global();
        return true;
      case '\x93':  // STACK_GLOBAL
        stack_global();
        return true;
      case 'R':  // REDUCE
        reduce();
        return true;
      case 'b':  // BUILD
        build();
        return true;
      default:
        return step_value(code) || step_container(code) || unknown(code);
    }
  }

  bool step_value(char code) {
    switch (code) {
      case 'N':  // NONE
        push({Kind::kNone});
        return true;
      case '\x88':  // NEWTRUE
        push({Kind::kBool, 1});
        return true;
      case '\x89':  // NEWFALSE
        push({Kind::kBool, 0});
        return true;
      case 'K':  // BININT1
        push_number(number(1));
        return true;
      case 'M':  // BININT2
        push_number(number(2));
        return true;
      case 'J':
        push_number(static_cast<std::int32_t>(number(4)));  // BININT
        return true;
      case 'U':     // SHORT_BINSTRING
      case 'C':     // SHORT_BINBYTES
      case '\x8c':  // SHORT_BINUNICODE
        push_text(1);
        return true;
      case 'T':  // BINSTRING
      case 'B':  // BINBYTES
      case 'X':  // BINUNICODE
        push_text(4);
        return true;
      case '\x8e':  // BINBYTES8
        push_text(8);
        return true;
      default:
        return false;
    }
  }

  bool step_container(char code) {
    switch (code) {
      case ']':  // EMPTY_LIST
        push_node(Kind::kList);
        return true;
      case '}':  // EMPTY_DICT
        push_node(Kind::kDict);
        return true;
      case ')':  // EMPTY_TUPLE
        push_node(Kind::kTuple);
        return true;
      case '\x85':  // TUPLE1
      case '\x86':  // TUPLE2
      case '\x87':  // TUPLE3
        tuple_of(popped(static_cast<std::size_t>(static_cast<unsigned char>(code) - 0x84u)));
        return true;
      case 't':  // TUPLE
        tuple_of(popped_to_mark());
        return true;
      case 'a':  // APPEND
        append(popped(1));
        return true;
      case 'e':  // APPENDS
        append(popped_to_mark());
        return true;
      case 's':  // SETITEM
        set_items(popped(2));
        return true;
      case 'u':  // SETITEMS
        set_items(popped_to_mark());
        return true;
      default:
        return false;
    }
  }

  bool unknown(char code) const {
    fail(str("has the pickle instruction ", static_cast<int>(static_cast<unsigned char>(code)),
             ", which no data set of Keras needs"));
  }

  std::string_view take(std::uint64_t size) {
    if (size > file_.size() - at_) fail("is truncated");
    const std::string_view part = file_.substr(at_, size);
    at_ += size;
    return part;
  }

  std::uint64_t number(std::size_t width) {
    const std::string_view bytes = take(width);
    return *saving::read_little(std::as_bytes(std::span(bytes.data(), width)), 0, width);
  }

  std::string_view line() {
    const std::size_t end = file_.find('\n', at_);
    if (end == std::string_view::npos) fail("is truncated");
    const std::string_view text = take(end - at_);
    ++at_;
    return text;
  }

  void check_protocol(std::uint64_t version) const {
    if (version < 2 || version > kLastProtocol)
      fail(str("is a pickle of protocol ", version, ", expected 2 to ", kLastProtocol));
  }

  void push(PickleValue value) {
    if (stack_.size() == kMostThings) fail("holds too many things");
    stack_.push_back(value);
  }

  template <typename T>
  void push_number(T value) {
    push({Kind::kInt, static_cast<std::int64_t>(value)});
  }

  void push_text(std::size_t width) { push({Kind::kText, 0, take(number(width))}); }

  PickleNode& push_node(Kind kind) {
    if (pickle_.nodes_.size() == kMostThings) fail("holds too many things");
    PickleNode& node = pickle_.nodes_.emplace_back();
    push({kind, 0, {}, &node});
    return node;
  }

  PickleValue& top() {
    if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size()))
      fail("is a damaged pickle");
    return stack_.back();
  }

  std::vector<PickleValue> popped(std::size_t count) {
    if (stack_.size() < count + (marks_.empty() ? 0 : marks_.back())) fail("is a damaged pickle");
    const auto begin = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<PickleValue> values(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    return values;
  }

  std::vector<PickleValue> popped_to_mark() {
    if (marks_.empty()) fail("is a damaged pickle");
    auto values = popped(stack_.size() - marks_.back());
    marks_.pop_back();
    return values;
  }

  void put(std::uint64_t index) {
    if (index >= kMostThings) fail("holds too many things");
    if (index >= memo_.size()) memo_.resize(index + 1);
    memo_[index] = top();
  }

  PickleValue remembered(std::uint64_t index) const {
    if (index >= memo_.size()) fail("is a damaged pickle");
    return memo_[index];
  }

  void tuple_of(std::vector<PickleValue> items) {
    push_node(Kind::kTuple).items = std::move(items);
  }

  PickleNode& top_of(Kind kind) {
    if (top().kind != kind) fail("is a damaged pickle");
    return *top().node;
  }

  void append(const std::vector<PickleValue>& items) {
    PickleNode& list = top_of(Kind::kList);
    for (const PickleValue& item : items) {
      if (item.kind == Kind::kInt)
        list.numbers.push_back(item.number);
      else
        list.items.push_back(item);
    }
    if (!list.numbers.empty() && !list.items.empty())
      fail("has a list of both numbers and other things");
  }

  void set_items(const std::vector<PickleValue>& items) {
    PickleNode& dict = top_of(Kind::kDict);
    if (items.size() % 2 != 0) fail("is a damaged pickle");
    dict.items.insert(dict.items.end(), items.begin(), items.end());
  }

  void push_global(std::string_view module, std::string_view name) {
    const std::string wanted = str(module, "\n", name);
    const auto* found = std::find(std::begin(kGlobals), std::end(kGlobals), wanted);
    if (found == std::end(kGlobals))
      throw IoError(str("Refusing to deserialize `", module, ".", name,
                        "` while loading a Keras dataset. The file may be corrupted or malicious: ",
                        pickle_.source(), "."));
    push({Kind::kGlobal, 0, *found});
  }

  void read_global() {
    const std::string_view module = line();
    push_global(module, line());
  }

  void stack_global() {
    const auto names = popped(2);
    if (names[0].kind != Kind::kText || names[1].kind != Kind::kText) fail("is a damaged pickle");
    push_global(names[0].text, names[1].text);
  }

  // NumPy makes an empty array or dtype first, which `build` fills.
  void reduce() {
    const auto call = popped(2);
    if (call[0].kind != Kind::kGlobal || call[1].kind != Kind::kTuple) fail("is a damaged pickle");
    const auto& arguments = call[1].node->items;
    if (call[0].text == kDtypeClass) {
      if (arguments.empty() || arguments[0].kind != Kind::kText) fail("has a damaged dtype");
      push_node(Kind::kDtype).descr = str("|", arguments[0].text);
      return;
    }
    if (call[0].text == kArrayClass || arguments.empty() || arguments[0].text != kArrayClass)
      fail("has a damaged array");
    push_node(Kind::kArray);
  }

  void build() {
    const PickleValue state = popped(1)[0];
    if (state.kind != Kind::kTuple) fail("is a damaged pickle");
    PickleNode& node = *top_node();
    if (stack_.back().kind == Kind::kDtype)
      build_dtype(node, state.node->items);
    else if (stack_.back().kind == Kind::kArray)
      build_array(node, state.node->items);
    else
      fail("is a damaged pickle");
  }

  PickleNode* top_node() {
    if (!top().node) fail("is a damaged pickle");
    return top().node;
  }

  // The state: version, byte order, parts of a record, sizes.
  void build_dtype(PickleNode& dtype, const std::vector<PickleValue>& state) const {
    const auto none = [](const PickleValue& value) { return value.kind == Kind::kNone; };
    if (state.size() < 7 || state[1].kind != Kind::kText || state[1].text.size() != 1 ||
        !std::all_of(state.begin() + 2, state.begin() + 5, none))
      fail("has a damaged dtype");
    dtype.descr[0] = state[1].text[0];
  }

  // The state: version, shape, dtype, order, and the bytes or a list of the objects.
  void build_array(PickleNode& array, const std::vector<PickleValue>& state) const {
    if (state.size() != 5 || state[1].kind != Kind::kTuple || state[2].kind != Kind::kDtype ||
        state[1].node->items.size() > kMaxRank)
      fail("has a damaged array");
    array.numbers.clear();
    for (const PickleValue& dim : state[1].node->items) {
      if (dim.kind != Kind::kInt || dim.number < 0) fail("has a damaged array");
      array.numbers.push_back(dim.number);
    }
    array.descr = state[2].node->descr;
    array.fortran_order = state[3].number != 0;
    if (state[4].kind == Kind::kText)
      array.bytes = state[4].text;
    else if (state[4].kind == Kind::kList)
      array.items = {state[4]};
    else
      fail("has a damaged array");
  }

  Pickle& pickle_;
  std::string_view file_;
  std::size_t at_;
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;
  std::vector<PickleValue> memo_;
};

Pickle::Pickle(Storage file, std::size_t begin, std::string source)
    : file_(std::move(file)), source_(std::move(source)) {
  root_ = PickleMachine(*this, std::min(begin, file_.size())).run();
}

const PickleValue& Pickle::at(std::string_view key) const {
  if (root_.kind != Kind::kDict) fail("holds no dictionary");
  const auto& items = root_.node->items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2)
    if (items[i].kind == Kind::kText && items[i].text == key) return items[i + 1];
  fail(str("has no entry ", key));
}

void Pickle::fail(std::string_view reason) const { throw IoError(str(source_, ": ", reason, ".")); }

}  // namespace keras::datasets
