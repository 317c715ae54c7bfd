import CNotebook

/// The files of the notebook's environment that are Cordon's own, bundled with the executable.
enum NotebookFiles {
  struct File: Equatable {
    /// Below the environment's folder; `PACKAGES` stands for where its Python looks for packages.
    var path: String
    var bytes: [UInt8]
  }

  /// All of them, the locked requirements first.
  static let all: [File] = (0..<cordon_notebook_file_count).map { index in
    // SAFETY: the table and what it points to are constant and live as long as the process; each entry says its length.
    let entry = unsafe cordon_notebook_file(index).pointee
    let bytes = unsafe UnsafeRawBufferPointer(start: entry.bytes, count: entry.length)
    return unsafe File(path: String(cString: entry.path), bytes: Array(bytes))
  }
}
