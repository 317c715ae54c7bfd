import Synchronization

/// Counts what each project holds and what it may still take, so that no project fills the others' disk.
///
/// INVARIANT: what is held and reserved never exceeds the limit by anything that was let in after the limit was set.
/// A writer reserves before its first byte and a commit turns the reservation into what is held in one step, so that
/// writers at the same time cannot overshoot together. Nothing is reserved across a restart: the opening removes the
/// files that a crash left.
final class StoreMeter: Sendable {
  private struct State {
    var accounts: [String: StoreAccount] = [:]
    var standard: StoreCapacity
  }

  private let state: Mutex<State>
  /// Bytes that can be written to the disk, asked anew each time.
  private let free: @Sendable () -> Int64
  /// Bytes of the disk that no upload may take: the ledger goes on in them.
  private let floor: Int64

  init(
    held: [String: StoreCapacity], standard: StoreCapacity, floor: Int64,
    free: @escaping @Sendable () -> Int64
  ) {
    let accounts = held.mapValues { StoreAccount(limit: standard, held: $0) }
    state = Mutex(State(accounts: accounts, standard: standard))
    self.floor = floor
    self.free = free
  }

  /// What a project may take before anything that it asks for, until it gives it back.
  final class Reservation: Sendable {
    let project: String
    private let meter: StoreMeter
    private let amount: Mutex<StoreCapacity>

    fileprivate init(project: String, amount: StoreCapacity, meter: StoreMeter) {
      self.project = project
      self.meter = meter
      self.amount = Mutex(amount)
    }

    deinit { release() }

    /// Gives everything back now.
    func release() { meter.giveBack(empty(), of: project) }

    fileprivate var current: StoreCapacity { amount.withLock { $0 } }

    /// Makes the reservation at least as large as `wanted`.
    func cover(_ wanted: StoreCapacity) throws(StoreError) {
      try amount.withLock { amount throws(StoreError) in
        let more = (wanted - amount).positive
        guard more != .none else { return }
        try meter.take(more, for: project)
        amount = amount + more
      }
    }

    /// What is committed is held, and reserved no longer.
    fileprivate func empty() -> StoreCapacity {
      amount.withLock { amount in
        defer { amount = .none }
        return amount
      }
    }
  }

  /// Sets what a project may hold.
  func limit(_ project: String, to limit: StoreCapacity) {
    state.withLock { $0.accounts[project, default: StoreAccount(limit: limit)].limit = limit }
  }

  func account(of project: String) -> StoreAccount {
    state.withLock { $0.accounts[project] ?? StoreAccount(limit: $0.standard) }
  }

  /// Reserves room, or says why there is none.
  func reserve(_ amount: StoreCapacity, for project: String) throws(StoreError) -> Reservation {
    try take(amount, for: project)
    return Reservation(project: project, amount: amount, meter: self)
  }

  /// Whether so many bytes leave enough of the disk to the ledger.
  func checkDisk(for bytes: Int64) throws(StoreError) {
    guard floor > 0 else { return }
    guard (StoreCapacity(bytes: free(), entries: 0) - StoreCapacity(bytes: bytes, entries: 0)).bytes >= floor
    else { throw .noSpace }
  }

  private func take(_ amount: StoreCapacity, for project: String) throws(StoreError) {
    try checkDisk(for: amount.bytes)
    try state.withLock { state throws(StoreError) in
      let account = state.accounts[project] ?? StoreAccount(limit: state.standard)
      guard (account.held + account.reserved + amount).fits(in: account.limit) else {
        throw .overLimit(StoreRefusal(project: project, account: account, wanted: amount))
      }
      state.accounts[project] = account
      state.accounts[project]?.reserved = account.reserved + amount
    }
  }

  private func giveBack(_ amount: StoreCapacity, of project: String) {
    guard amount != .none else { return }
    state.withLock { state in
      guard let account = state.accounts[project] else { return }
      state.accounts[project]?.reserved = account.reserved - amount
    }
  }

  // MARK: Commits

  /// What a change that is not committed yet does to the accounts.
  struct Charge: Sendable {
    fileprivate var growth: [String: StoreCapacity]
    fileprivate var reservations: [Reservation]
    /// Files that go once no reader needs them.
    fileprivate var buried: [String: StoreCapacity]
  }

  /// Lets a change in, or throws where it makes a project grow over its limit. What shrinks is always let in.
  func admit(
    _ growth: [String: StoreCapacity], buried: [String: StoreCapacity], within reservation: Reservation?
  ) throws(StoreError) -> Charge {
    var charge = Charge(growth: growth, reservations: [], buried: buried)
    if let reservation { charge.reservations.append(reservation) }
    for (project, amount) in growth {
      let covered = reservation?.project == project ? reservation?.current : nil
      let more = (amount - (covered ?? .none)).positive
      guard more != .none else { continue }
      charge.reservations.append(try reserve(more, for: project))
    }
    return charge
  }

  /// Books a change that was committed. What it buried stays reserved for as long as the result lives.
  func settle(_ charge: Charge) -> [Reservation] {
    // Before the state is locked: a reservation locks itself first and the state then.
    let emptied = charge.reservations.map { (project: $0.project, amount: $0.empty()) }
    state.withLock { state in
      for (project, amount) in charge.growth {
        var account = state.accounts[project] ?? StoreAccount(limit: state.standard)
        account.held = account.held + amount
        state.accounts[project] = account
      }
      for (project, amount) in emptied {
        guard let account = state.accounts[project] else { continue }
        state.accounts[project]?.reserved = account.reserved - amount
      }
      for (project, amount) in charge.buried {
        guard let account = state.accounts[project] else { continue }
        state.accounts[project]?.reserved = account.reserved + amount
      }
    }
    return charge.buried.map { Reservation(project: $0.key, amount: $0.value, meter: self) }
  }
}
