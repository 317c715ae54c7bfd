/// Answers questions that come as JSON lines, one line of JSON for each.
///
/// A line that cannot be read gets an error object of its own, and the next line is answered as if it had not
/// been. Nothing is remembered between lines.
public struct DecideBatch: Sendable {
  /// Bounds on one line.
  public var limits: JSONLimits

  /// A batch that reads lines within `limits`.
  public init(limits: JSONLimits = JSONLimits(bytes: 4 << 20, depth: 24)) { self.limits = limits }

  /// What one line was answered.
  public struct Answer: Sendable, Equatable {
    /// The line's `id`, whatever it is, where the line could be read.
    public var id: JSONValue?
    /// The decision, or why the line could not be judged.
    public var result: Result<Decision, PolicyError>

    /// The answer as JSON: `id`, and `decision` with `because`, or `error`.
    public var json: JSONValue {
      var members = id.map { [("id", $0)] } ?? []
      switch result {
      case .success(let decision):
        members.append(("decision", .string(decision.outcome.rawValue)))
        members.append(("because", decision.because.json))
      case .failure(let error): members.append(("error", error.json))
      }
      return .object(members)
    }
  }

  /// The answer to one line as JSON without a line break; nil for a line of white space.
  public func answer(_ line: String) -> String? { answer(bytes: Array(line.utf8)) }

  /// The answer to one line of bytes, which may be hostile.
  public func answer(bytes: [UInt8]) -> String? { judge(bytes: bytes)?.json.written() }

  /// Judges one line of bytes, which may be hostile; nil for a line of white space.
  public func judge(bytes: [UInt8]) -> Answer? {
    let blanks: [UInt8] = [0x20, 0x09, 0x0D, 0x0A]
    guard bytes.contains(where: { !blanks.contains($0) }) else { return nil }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, limits: limits)
    } catch {
      return Answer(id: nil, result: .failure(.json(error)))
    }
    do {
      let question = try AccessQuestion(value)
      return Answer(id: value["id"], result: .success(question.policies.decide(question.request)))
    } catch {
      return Answer(id: value["id"], result: .failure(error))
    }
  }
}

extension Reason {
  /// The reason as JSON: `layer`, `cause`, `text`, and where a policy decided `level`, `policy`, `statement`,
  /// `sid`.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("layer", .string(layer.rawValue)), ("cause", .string(cause.rawValue)),
    ]
    if let level { members.append(("level", .number(level))) }
    if let policy { members.append(("policy", .number(policy))) }
    if let statement { members.append(("statement", .number(statement))) }
    if let sid { members.append(("sid", .string(sid))) }
    members.append(("text", .string(text)))
    return .object(members)
  }
}

extension PolicyError {
  /// The error as JSON: `code`, `message`, and where they are known `line`, `column`, `didYouMean`.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [("code", .string(code)), ("message", .string(message))]
    if let position {
      members.append(("line", .number(position.line)))
      members.append(("column", .number(position.column)))
    }
    if let suggestion { members.append(("didYouMean", .string(suggestion))) }
    return .object(members)
  }
}
