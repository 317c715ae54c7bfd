import Glibc

struct HostFileFailure: Error { var code: Int32 }

func makePipe(_ path: String) throws {
  // SAFETY: the path is a terminated copy for the length of the call.
  guard unsafe mkfifo(path, 0o600) == 0 else { throw HostFileFailure(code: errno) }
}

/// Makes an empty file whose name need not be text.
func makeFile(_ folder: String, name: [UInt8]) throws {
  let path = (Array(folder.utf8) + name + [0]).map { CChar(bitPattern: $0) }
  // SAFETY: the array ends with a zero and outlives the call.
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw HostFileFailure(code: errno) }
  close(descriptor)
}
