import CordonPolicy
import CordonWire

/// Turns the bytes of an answer into a value, whatever protocol they came in. They are hostile: whoever answers may be
/// anybody, and the account's own people name the resources in it.
enum LiveAnswer {
  /// The most bytes of one answer.
  static let mostBytes = 16 << 20
  /// The most values of one answer.
  static let mostValues = 600_000
  private static let deepest = 40

  static func read(_ bytes: [UInt8], of call: LiveCall) throws(LiveProblem) -> JSONValue {
    guard bytes.count <= mostBytes else { throw .unreadable("more than \(mostBytes >> 20) MiB") }
    switch call.service.dialect {
    case .json, .restJSON:
      return bytes.isEmpty ? .object([]) : try json(bytes)
    case .restXML where bytes.first == UInt8(ascii: "{"):
      // A bucket's policy comes as the document that it is.
      return try json(bytes)
    case .query, .restXML:
      if bytes.isEmpty { return .object([]) }
      do throws(S3XMLError) {
        let root = try S3XMLElement.answer(bytes, maximumLength: mostBytes)
        // The query protocol puts a result between the answer and what it says.
        return value(root.children.first { $0.name == call.action + "Result" } ?? root)
      } catch {
        throw .unreadable("not the XML of an answer: \(error)")
      }
    }
  }

  private static func json(_ bytes: [UInt8]) throws(LiveProblem) -> JSONValue {
    guard JSONSize.values(in: bytes, upTo: mostValues) <= mostValues else {
      throw .unreadable("more than \(mostValues) values")
    }
    do throws(JSONError) {
      return try JSONValue(parsing: bytes, limits: JSONLimits(bytes: mostBytes, depth: deepest))
    } catch {
      throw .unreadable("not the JSON of an answer: \(error.message)")
    }
  }

  /// Lists are elements called `item` or `member`, or siblings of one name.
  static func value(_ element: S3XMLElement) -> JSONValue {
    if element.children.isEmpty { return element.text.isEmpty ? JSONValue(.null) : .string(element.text) }
    if element.children.allSatisfy({ $0.name == "item" || $0.name == "member" }) {
      return .array(element.children.map(value))
    }
    var names: [String] = []
    var values: [String: [JSONValue]] = [:]
    for child in element.children {
      if values[child.name] == nil { names.append(child.name) }
      values[child.name, default: []].append(value(child))
    }
    return .object(
      names.map { name in
        let found = values[name] ?? []
        return (name, found.count == 1 ? found[0] : .array(found))
      })
  }

  /// The code of an error, and what the service says of it.
  static func problem(_ status: Int, _ bytes: [UInt8], type: String?) -> (code: String, message: String) {
    var code = type ?? ""
    var message = ""
    if bytes.first == UInt8(ascii: "{"), let value = try? json(bytes) {
      code = type ?? value["__type"]?.plain ?? value["code"]?.plain ?? value["Code"]?.plain ?? ""
      message = value["message"]?.plain ?? value["Message"]?.plain ?? ""
    } else if let root = try? S3XMLElement.answer(bytes, maximumLength: 1 << 20) {
      let value = value(root)
      let error = value.at("Errors.Error") ?? value.at("Error") ?? value
      code = error["Code"]?.plain ?? code
      message = error["Message"]?.plain ?? ""
    }
    // `namespace#Name:http://...`, as different services write it.
    let name = code.split(separator: "#").last?.split(separator: ":").first.map(String.init) ?? ""
    return (name.isEmpty ? "status \(status)" : String(name.prefix(128)), String(message.prefix(400)))
  }
}

/// Why a call gave no answer.
public enum LiveProblem: Error, Sendable, Equatable {
  /// The caller may not make it.
  case denied(String)
  /// The service says that what was asked for is not there, or anything else that a code of its own says.
  case refused(code: String, message: String)
  /// The credentials are no good: no call will be answered.
  case credentials(String)
  /// It was asked too often, or failed too often, up to the last attempt.
  case exhausted(String)
  /// Nobody answered.
  case unreachable(String)
  /// The service does not know the call, or is not in the region.
  case unsupported(String)
  /// The answer is not one.
  case unreadable(String)
  /// There is more than is read.
  case tooMuch(String)

  /// What happened, in a few words.
  public var words: String {
    switch self {
    case .denied(let code): "was denied (\(code))"
    case .refused(let code, let message):
      message.isEmpty ? "was refused (\(code))" : "was refused (\(code): \(message))"
    case .credentials(let why): "was not let in (\(why))"
    case .exhausted(let why): "was given up after \(LiveClient.mostAttempts) attempts (\(why))"
    case .unreachable(let why): "reached nobody (\(why))"
    case .unsupported(let why): "is not known there (\(why))"
    case .unreadable(let why): "was answered with something else (\(why))"
    case .tooMuch(let why): "was not read to its end (\(why))"
    }
  }
}
