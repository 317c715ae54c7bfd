/// Secrets that lie about before an attack begins, where a workspace must not find them.
final class Planted {
  /// A file of the host that anybody on the host may read.
  let file: String
  let fileSecret = Canary()
  /// In the environment of every call of the executable under test.
  let environmentSecret = Canary()
  /// Behind a descriptor that every such call inherits.
  let descriptorFile: String
  let descriptorSecret = Canary()
  private let folderDescriptor: Int32
  private let fileDescriptor: Int32

  static let variable = "CORDON_DRILL_PLANTED"

  init(folder: String) throws(DrillError) {
    file = "\(folder)/secret.txt"
    try Files.write(fileSecret.text + "\n", to: file)
    let hidden = "\(folder)/descriptor"
    try Files.makeFolder(hidden)
    descriptorFile = "\(hidden)/secret.txt"
    try Files.write(descriptorSecret.text + "\n", to: descriptorFile)
    folderDescriptor = try Posix.open(hidden)
    fileDescriptor = try Posix.open(descriptorFile)
  }

  /// By their number in the child; out of the way of what a program opens first.
  var descriptors: [Int32: Int32] { [19: folderDescriptor, 20: fileDescriptor] }

  func close() {
    Posix.closeDescriptor(folderDescriptor)
    Posix.closeDescriptor(fileDescriptor)
  }
}
