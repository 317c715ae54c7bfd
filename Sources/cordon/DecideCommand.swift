import ArgumentParser
import CordonLinux
import CordonPolicy
import Foundation

/// Evaluates one request, or one a line, against IAM policies.
struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Decide IAM requests, and say which statement decided.",
    discussion: """
      Reads {"id","request":{"principal","action","resource","resourceAccount","context":{}},"policies":{"identity":[],
      "boundary":[],"session":[],"resource":{},"scps":[[]],"rcps":[[]],"endpoint":[]}} and answers
      {"id","decision":"Allowed|ExplicitlyDenied|ImplicitlyDenied","because":{...}}. A member that is absent means that no
      such policy applies.

        cordon decide request.json
        cordon decide --batch requests.jsonl
        generate-requests | cordon decide --batch -

      With one request the exit code is 0 for Allowed, 1 for a denial and 2 for one that cannot be judged; with --batch it
      is 0 unless the input cannot be read. A line that cannot be judged gets an "error" member, and the rest go on.
      """)

  @Argument(help: "A file with one request, or - for standard input.")
  var file: String?

  @Option(help: "A file with one request a line, or - for standard input.")
  var batch: String?

  func validate() throws {
    guard (file == nil) != (batch == nil) else {
      throw ValidationError("name one file, or --batch FILE|-; see: cordon decide --help")
    }
  }

  func run() throws {
    if let batch { try decideLines(of: batch) } else { try decideOne(in: file ?? "-") }
  }

  private func decideLines(of file: String) throws {
    let judge = DecideBatch()
    var answers = AnswerOutput()
    var lines = try LineInput(file, longest: judge.limits.bytes)
    // Answers wait for each other only while the next question is there already.
    while let line = try lines.next(beforeWaiting: { try answers.flush() }) {
      if let answer = judge.judge(bytes: line) { try answers.write(answer.json.written()) }
    }
    try answers.flush()
  }

  private func decideOne(in file: String) throws {
    let judge = DecideBatch()
    let bytes = try LineInput.whole(file, longest: judge.limits.bytes)
    guard let answer = judge.judge(bytes: bytes) else { throw Failure("there is no request in \(file)") }
    print(answer.json.written())
    guard case .success(let decision) = answer.result else { throw Exit(code: 2) }
    guard decision.isAllowed else { throw Exit.bad }
  }
}

/// Lines of bytes from a file or standard input, whatever the bytes are.
struct LineInput {
  private static let block = 1 << 16

  private let name: String
  private let longest: Int
  private let opened: SharedDescriptor?
  private var waiting: [UInt8] = []
  private var offset = 0
  private var hasEnded = false

  /// Reads `file`, or standard input where that is `-`.
  ///
  /// - Parameter longest: Of a longer line one more byte is kept, so that its reader sees that it is too long.
  init(_ file: String, longest: Int) throws {
    name = file == "-" ? "standard input" : file
    self.longest = longest
    do { opened = file == "-" ? nil : SharedDescriptor(try FileDescriptor(opening: file)) } catch {
      throw Failure("cannot read \(file): \(error); check the path")
    }
  }

  /// All bytes, or one more than `longest` where there are more.
  static func whole(_ file: String, longest: Int) throws -> [UInt8] {
    let input = try LineInput(file, longest: longest)
    var all: [UInt8] = []
    while all.count <= longest, let block = try input.read() { all += block }
    return Array(all.prefix(longest + 1))
  }

  /// The next line without its end; nil behind the last.
  ///
  /// - Parameter beforeWaiting: Called whenever no whole line is at hand.
  mutating func next(beforeWaiting: () throws -> Void) throws -> [UInt8]? {
    var line: [UInt8] = []
    while true {
      if let end = waiting[offset...].firstIndex(of: 0x0A) {
        keep(waiting[offset..<end], in: &line)
        offset = end + 1
        return line
      }
      keep(waiting[offset...], in: &line)
      (waiting, offset) = ([], 0)
      if hasEnded { return line.isEmpty ? nil : line }
      try beforeWaiting()
      if let block = try read() { waiting = block } else { hasEnded = true }
    }
  }

  private func keep(_ part: ArraySlice<UInt8>, in line: inout [UInt8]) {
    line += part.prefix(max(0, longest + 1 - line.count))
  }

  /// Some bytes; nil at the end.
  private func read() throws -> [UInt8]? {
    let descriptor = opened?.rawValue ?? STDIN_FILENO
    do {
      while true {
        if let block = try BorrowedDescriptor(descriptor).read(atMost: Self.block) {
          return block.isEmpty ? nil : block
        }
        // Somebody has made it non-blocking.
        _ = try Poll.wait(for: [(descriptor, POLLIN)], milliseconds: -1)
      }
    } catch {
      throw Failure("cannot read \(name): \(error)")
    }
  }
}

/// Lines to standard output, many at a time.
struct AnswerOutput {
  private static let block = 1 << 16

  private var waiting: [UInt8] = []

  mutating func write(_ line: String) throws {
    waiting += line.utf8
    waiting.append(0x0A)
    if waiting.count >= Self.block { try flush() }
  }

  mutating func flush() throws {
    var rest = waiting[...]
    while !rest.isEmpty {
      let written: Int
      do { written = try BorrowedDescriptor(STDOUT_FILENO).write(rest) } catch {
        throw Failure("cannot write to standard output: \(error)")
      }
      rest = rest.dropFirst(written)
      if written == 0 { _ = try Poll.wait(for: [(STDOUT_FILENO, POLLOUT)], milliseconds: -1) }
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
