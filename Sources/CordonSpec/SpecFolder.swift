import FoundationEssentials

/// The files beside an environment file: what `from:` and policy lines name.
public struct SpecFolder: Sendable {
  /// Why a file's text is not to be had.
  public enum Refusal: Error, Equatable, Sendable {
    case missing, notAFile, notUTF8
    case tooLarge(bound: Int)
  }

  /// The folder, absolute; relative names are looked up in it.
  public let path: String
  private let isReadable: @Sendable (String) -> Bool
  private let contents: @Sendable (String) throws(Refusal) -> String

  /// A folder whose files are looked up by the given functions, which are handed absolute paths.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - isReadable: Whether a file or folder is there and can be read.
  ///   - contents: A file's text.
  public init(
    path: String, isReadable: @escaping @Sendable (String) -> Bool,
    contents: @escaping @Sendable (String) throws(Refusal) -> String
  ) {
    self.path = Self.plain(path)
    self.isReadable = isReadable
    self.contents = contents
  }

  /// A folder on this machine's disk; a relative path is taken from the working directory.
  public static func onDisk(_ path: String) -> SpecFolder {
    let start = path.hasPrefix("/") ? "" : FileManager.default.currentDirectoryPath + "/"
    return SpecFolder(
      path: start + path, isReadable: { FileManager.default.isReadableFile(atPath: $0) }, contents: readText)
  }

  /// The absolute path that a name in the spec stands for.
  func absolute(_ name: String) -> String {
    name.hasPrefix("/") ? Self.plain(name) : Self.plain("\(path)/\(name)")
  }

  /// Whether a file or folder is there and can be read.
  func has(_ absolute: String) -> Bool { isReadable(absolute) }

  /// A file's text.
  func text(_ absolute: String) throws(Refusal) -> String { try contents(absolute) }

  /// The path without `.`, `..` and doubled slashes.
  private static func plain(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// Reads a plain file within the bound of every file of a spec.
  ///
  /// Links are followed first, because attributes are the link's own: a pipe or a device behind one never ends.
  private static func readText(_ path: String) throws(Refusal) -> String {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { throw .missing }
    guard attributes[.type] as? FileAttributeType == .typeRegular else { throw .notAFile }
    guard let size = attributes[.size].flatMap({ Int("\($0)") }), size <= SourceText.largest else {
      throw .tooLarge(bound: SourceText.largest)
    }
    guard let data = try? Data(contentsOf: URL(filePath: target)) else { throw .missing }
    guard let text = String(validating: data, as: UTF8.self) else { throw .notUTF8 }
    return text
  }
}

extension SpecFolder.Refusal: CustomStringConvertible {
  /// One phrase for a message.
  public var description: String {
    switch self {
    case .missing: "no readable file"
    case .notAFile: "not a plain file"
    case .notUTF8: "its text is not UTF-8"
    case .tooLarge(let bound): "it is larger than \(bound) bytes"
    }
  }
}
