import ArgumentParser
import CordonPolicy
import CordonProof

/// Searches for a request that all policy layers of a question let through.
struct FindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find a request that passes all of these policy layers, or prove that none does.",
    discussion: """
      Reads {"layers":[[policy,...],...],"constraints":[{"key","op","values","positive","mustBePresent"}]}. Every layer
      must have a matching Allow and no matching Deny. "op" is any condition operator; "positive": false negates it, and
      "mustBePresent": false also accepts a request without the key. "actions", "resources" (patterns) and "absent" (keys)
      may narrow the request further.

        cordon find question.json
        cordon find --format json question.json
        cordon find --batch questions.jsonl --timing

      The exit code is 0 where no such request exists, 1 with one that does, 3 where that is not known and 2 for a question
      that cannot be read; with --batch it is 0 unless the input cannot be read.
      """)

  /// The longest question.
  static let longest = 16 << 20

  @Argument(help: "A file with one question, or - for standard input.")
  var file: String?
  @Option(help: "A file with one question a line, or - for standard input; answers are JSON lines.")
  var batch: String?
  @Flag(help: "With --batch: add the microseconds that each question took.")
  var timing = false
  @Option(help: "text or json")
  var format = OutputFormat.text

  func validate() throws {
    guard (file == nil) != (batch == nil) else {
      throw ValidationError("name one file, or --batch FILE|-; see: cordon find --help")
    }
    guard !timing || batch != nil else { throw ValidationError("--timing goes with --batch") }
  }

  func run() throws {
    if let batch { return try answerLines(of: batch) }
    let file = file ?? "-"
    let question = try PolicyFile.read(file, longest: Self.longest) { value throws(PolicyError) in
      try FindQuestion(value)
    }
    try AnswerText(
      none: "no request passes all layers", some: "a request passes all layers",
      change: "to close it, take it out of one of the statements above, or deny it"
    ).end(with: Engine().answer(question.inquiry), format)
  }

  private func answerLines(of file: String) throws {
    var output = AnswerOutput()
    var lines = try LineInput(file, longest: Self.longest)
    let clock = ContinuousClock()
    while let line = try lines.next(beforeWaiting: { try output.flush() }) {
      guard line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) else { continue }
      var answer: [JSONValue.Member] = []
      let took = clock.measure { answer = answered(line) }
      var members = answer.map { ($0.name, $0.value) }
      if timing { members.append(("microseconds", .number(Int(took / .microseconds(1))))) }
      try output.write(JSONValue.object(members).written())
    }
    try output.flush()
  }

  /// A line's answer; a line that cannot be read gets an error, and the rest go on.
  private func answered(_ line: [UInt8]) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    do throws(PolicyError) {
      let value = try PolicyFile.value(line, longest: Self.longest)
      if let id = value["id"] { members += JSONValue.object([("id", id)]).members ?? [] }
      members += Engine().answer(try FindQuestion(value).inquiry).json.members ?? []
    } catch {
      members += JSONValue.object([("error", error.json)]).members ?? []
    }
    return members
  }
}

/// JSON of policies from files.
enum PolicyFile {
  /// Reads what `file` holds; a mistake is told with its line and column.
  static func read<Content>(
    _ file: String, longest: Int, _ content: (JSONValue) throws(PolicyError) -> Content
  ) throws -> Content {
    let bytes = try LineInput.whole(file, longest: longest)
    do throws(PolicyError) {
      return try content(try value(bytes, longest: longest))
    } catch {
      let hint = error.suggestion.map { "; did you mean '\($0)'?" } ?? ""
      let text = error.message.contains("did you mean") ? error.message : error.message + hint
      throw Failure(file + (error.position.map { ":\($0)" } ?? "") + ": " + text)
    }
  }

  static func value(_ bytes: [UInt8], longest: Int) throws(PolicyError) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes, limits: JSONLimits(bytes: longest, depth: 24))
    } catch {
      throw .json(error)
    }
  }
}

/// An answer in words.
struct AnswerText {
  var none: String
  var some: String
  var change: String

  /// Prints the answer, and ends with the code that scripts read.
  func end(with answer: Answer, _ format: OutputFormat) throws {
    if format == .json { print(answer.json.written(.readable)) } else { show(answer) }
    switch answer {
    case .none: return
    case .some: throw Exit.bad
    case .unknown: throw Exit.unknown
    }
  }

  private func show(_ answer: Answer) {
    switch answer {
    case .none(let certificate):
      print("closed: \(none)")
      let shown = certificate.lines.prefix(12)
      for line in shown { print("  " + Console.printable(line)) }
      if certificate.lines.count > shown.count {
        print("  … \(certificate.lines.count - shown.count) lines more")
      }
    case .some(let witness):
      print("open: \(some)\n")
      let request = witness.request
      var rows = [
        ["  who", request.principal.description], ["  does", request.action], ["  on", request.resource],
      ]
      for (name, values) in request.context.stated where !values.isEmpty {
        rows.append(["  with", "\(name) = \(values.joined(separator: ", "))"])
      }
      for reason in witness.allowedBy { rows.append(["  because", reason.text]) }
      print(Console.table(rows))
      print("\n\(change)")
    case .unknown(let doubts):
      print("unknown: neither shown nor ruled out")
      for doubt in doubts { print("  " + Console.printable(doubt.text)) }
    }
  }
}
