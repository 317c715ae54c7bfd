import CordonLinux
import GRDB

extension StoreError {
  /// What a failure below means to the caller.
  init(of error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case let error as FileError: self = error.isNoSpace ? .noSpace : .unreadable("\(error)")
    case let error as DatabaseError: self.init(of: error)
    default: self = .unreadable("\(error)")
    }
  }

  private init(of error: DatabaseError) {
    let why = error.message ?? "\(error.resultCode)"
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .noSpace
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged("the store's database (\(why))")
      default: .unreadable("the store's database: \(why)")
      }
  }
}
