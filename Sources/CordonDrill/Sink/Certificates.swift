import FoundationEssentials

/// The certificates of the drill's outside world, made by `openssl` in the drill's own folder.
struct Certificates: Sendable {
  /// The sink's, for every name that a control may call.
  let sink: Pair
  /// The allowed host's.
  let allowed: Pair
  /// Who signed both, in PEM: the gateway is told to trust it, and so are controls.
  let authority: String

  struct Pair: Sendable {
    var certificate: String
    var key: String
  }

  static func make(in folder: String, allowedNames: [String], sinkNames: [String]) throws(DrillError)
    -> Certificates
  {
    let authority = Pair(certificate: "\(folder)/authority.pem", key: "\(folder)/authority.key")
    let sink = Pair(certificate: "\(folder)/sink.pem", key: "\(folder)/sink.key")
    let allowed = Pair(certificate: "\(folder)/allowed.pem", key: "\(folder)/allowed.key")
    try selfSigned(
      authority, name: "Drill authority", extensions: "basicConstraints=critical,CA:TRUE", in: folder)
    try signed(sink, names: sinkNames, by: authority, in: folder)
    try signed(allowed, names: allowedNames, by: authority, in: folder)
    return Certificates(sink: sink, allowed: allowed, authority: authority.certificate)
  }

  private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

  /// openssl's own configuration differs between systems, so that each call brings its own.
  private static func configuration(_ extensions: String, in folder: String) throws(DrillError) -> String {
    let path = "\(folder)/openssl.cnf"
    let text = "[req]\ndistinguished_name=name\nx509_extensions=extra\n[name]\n[extra]\n\(extensions)\n"
    try Files.write(text, to: path)
    return path
  }

  private static func selfSigned(
    _ pair: Pair, name: String, extensions: String, in folder: String
  ) throws(DrillError) {
    try openssl(
      ["req", "-x509"] + newKey + [
        "-config", try configuration(extensions, in: folder), "-subj", "/CN=\(name)", "-days", "2",
        "-keyout", pair.key, "-out", pair.certificate,
      ])
  }

  private static func signed(
    _ pair: Pair, names: [String], by authority: Pair, in folder: String
  ) throws(DrillError) {
    let request = "\(folder)/request.pem"
    let settings = try configuration("subjectAltName=\(names.joined(separator: ","))", in: folder)
    try openssl(
      ["req", "-new"] + newKey + [
        "-config", settings, "-subj", "/CN=drill", "-keyout", pair.key, "-out", request,
      ])
    try openssl([
      "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key, "-set_serial",
      "\(UInt32.random(in: 2 ... .max))",
      "-days", "2", "-extfile", settings, "-extensions", "extra", "-out", pair.certificate,
    ])
  }

  private static func openssl(_ arguments: [String]) throws(DrillError) {
    try Tool.run(["openssl"] + arguments)
  }
}

/// Small files of the drill's own folder.
enum Files {
  static func write(_ text: String, to path: String) throws(DrillError) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path))
    } catch {
      throw .world("cannot write \(path): \(error)")
    }
  }

  static func makeFolder(_ path: String) throws(DrillError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .world("cannot make the folder \(path): \(error)")
    }
  }

  static func read(_ path: String) throws(DrillError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .usage("cannot read \(path)")
    }
    return [UInt8](data)
  }

  static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

/// Commands that the drill itself needs.
enum Tool {
  static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  @discardableResult
  static func run(_ arguments: [String], seconds: Double = 30) throws(DrillError) -> RunResult {
    let launch = Launch(arguments: arguments, environment: ["PATH": path, "LC_ALL": "C.UTF-8"])
    let result = try Running.run(launch, seconds: seconds)
    guard result.status == 0 else {
      throw .command(arguments.joined(separator: " "), status: result.status, said: result.lastLine)
    }
    return result
  }
}
