import CordonModel
import CordonPolicy

/// Reads a file's YAML or JSON into values with places. Short-form functions (`!Ref x`) come out in their long form, so that
/// one evaluator serves both languages.
struct SourceReader {
  /// The longest YAML text. CloudFormation itself stops at 1 MB.
  static let mostYAMLBytes = 8 << 20
  /// The longest JSON text, for plans.
  static let mostJSONBytes = 48 << 20
  /// The most values in one file: what keeps the memory of a hostile one within bounds.
  static let mostValues = 1_500_000
  /// How deep values may nest.
  static let deepest = 96

  let file: SourceFile

  var start: Location { Location(file: file.name, line: 1, column: 1) }

  /// The file's one value.
  func read() throws(TemplateError) -> CloudValue {
    guard file.bytes.count <= Self.mostJSONBytes else {
      throw .tooLarge("larger than \(Self.mostJSONBytes >> 20) MB", at: start)
    }
    guard looksLikeJSON else { return try YAMLSource(file: file).read() }
    do throws(TemplateError) {
      return try json()
    } catch {
      // Flow-style YAML begins like JSON; a file that calls itself JSON is held to it.
      guard isNamedYAML, case .syntax = error else { throw error }
      return try YAMLSource(file: file).read()
    }
  }

  private var looksLikeJSON: Bool {
    let body = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? file.bytes.dropFirst(3) : file.bytes[...]
    let first = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }

  private var isNamedYAML: Bool { [".yaml", ".yml", ".template"].contains { file.name.hasSuffix($0) } }

  private func json() throws(TemplateError) -> CloudValue {
    guard JSONSize.values(in: file.bytes, upTo: Self.mostValues) <= Self.mostValues else {
      throw .tooLarge("more than \(Self.mostValues) values", at: start)
    }
    // RFC 8259 §8.1 lets a reader ignore a byte order mark.
    let bytes = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(file.bytes.dropFirst(3)) : file.bytes
    do throws(JSONError) {
      let limits = JSONLimits(bytes: Self.mostJSONBytes, depth: Self.deepest)
      return converted(try JSONValue(parsing: bytes, limits: limits))
    } catch {
      throw problem(error)
    }
  }

  private func problem(_ error: JSONError) -> TemplateError {
    let place = location(error.position)
    switch error.problem {
    case .duplicateName(let name): return .duplicateKey(name, at: place)
    case .tooDeep, .tooLong: return .tooLarge(error.message, at: place)
    default: return .syntax("not JSON: \(error.message)", at: place)
    }
  }

  private func location(_ position: TextPosition) -> Location {
    Location(file: file.name, line: position.line, column: position.column)
  }

  private func converted(_ value: JSONValue) -> CloudValue {
    let place = value.position.map(location)
    switch value.content {
    case .null: return CloudValue(.null, at: place)
    case .bool(let bool): return CloudValue(.bool(bool), at: place)
    case .number(let text): return CloudValue(.number(text), at: place)
    case .string(let text): return CloudValue(.string(text), at: place)
    case .array(let elements): return CloudValue(.list(elements.map(converted)), at: place)
    case .object(let members):
      let converted = members.map {
        CloudValue.Member(
          name: $0.name, value: self.converted($0.value), location: $0.namePosition.map(location))
      }
      return CloudValue(.object(converted), at: place)
    }
  }
}

/// How many values a JSON text holds at most, told before any of them takes memory.
enum JSONSize {
  static func values(in bytes: [UInt8], upTo limit: Int) -> Int {
    var count = 1
    var isString = false
    var isEscaped = false
    for byte in bytes {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isString = true
      case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): count += 1
      default: break
      }
      if count > limit { break }
    }
    return count
  }
}
