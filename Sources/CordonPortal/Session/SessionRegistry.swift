public import CordonModel
public import CordonWire
import Synchronization

/// What became of a wish to open a session.
public enum SessionOpening: Sendable {
  /// Here it is: new, or the one that the person already has in this project.
  case open(BrowserSession)
  /// Not: the reason is for the person, and says what to do.
  case denied(reason: String)
}

/// The sessions of one portal: one for a person and project, no more than there is room for, each found only by its person.
public final class SessionRegistry: Sendable {
  private struct Key: Hashable {
    let person: Slug
    let project: Slug
  }

  private enum Place {
    case opening(Task<SessionOpening, any Error>)
    case open(BrowserSession)
  }

  private let launcher: any BrowserLauncher
  private let desk: any PortalDesk
  private let recorder: (any SessionRecorder)?
  private let clock: any SessionClock
  private let limits: SessionLimits
  private let mostOfPerson: Int
  private let most: Int
  private let places = Mutex<[Key: Place]>([:])

  /// A registry with nothing in it.
  ///
  /// - Parameters:
  ///   - recorder: Begins recordings; without one, a session whose rules want one does not open.
  ///   - most: Sessions at once; each needs the memory of a Chromium.
  ///   - mostOfPerson: Sessions of one person at once, each in a project of its own.
  public init(
    launcher: any BrowserLauncher, desk: any PortalDesk, clock: any SessionClock = SystemSessionClock(),
    limits: SessionLimits = SessionLimits(), recorder: (any SessionRecorder)? = nil, most: Int = 16,
    mostOfPerson: Int = 3
  ) {
    self.launcher = launcher
    self.desk = desk
    self.recorder = recorder
    self.clock = clock
    self.limits = limits
    self.most = most
    self.mostOfPerson = mostOfPerson
  }

  /// Opens a session, or gives the one that the person has in this project. The desk judges and records first.
  public func open(_ plan: SessionPlan) async throws -> SessionOpening {
    let key = Key(person: plan.person, project: plan.project)
    switch reserve(key, plan) {
    case .full(let reason): return .denied(reason: reason)
    case .there(.open(let session)):
      if await !session.isOver { return .open(session) }
      await session.wait()
      remove(session.plan.id, key)
      return try await open(plan)
    case .there(.opening(let task)): return try await task.value
    }
  }

  private enum Reservation {
    case full(String)
    case there(Place)
  }

  private func reserve(_ key: Key, _ plan: SessionPlan) -> Reservation {
    places.withLock { places in
      if let place = places[key] { return .there(place) }
      if places.keys.count(where: { $0.person == key.person }) >= mostOfPerson {
        return .full("you have \(mostOfPerson) sessions; end one of them first")
      }
      if places.count >= most { return .full("all \(most) sessions are taken; try again later") }
      let task = Task { try await self.start(plan, key) }
      places[key] = .opening(task)
      return .there(.opening(task))
    }
  }

  private func start(_ plan: SessionPlan, _ key: Key) async throws -> SessionOpening {
    do {
      let request = PortalRequest(
        .startSession, person: plan.person, project: plan.project, workspace: plan.workspace,
        session: plan.id)
      if case .deny(let reason) = try await desk.decide(request) {
        forget(key)
        return .denied(reason: reason)
      }
      let session = try await launch(plan)
      places.withLock { $0[key] = .open(session) }
      Task {
        await session.wait()
        self.remove(plan.id, key)
      }
      return .open(session)
    } catch let refusal as RecordingRefusal {
      forget(key)
      return .denied(reason: refusal.description)
    } catch {
      forget(key)
      throw error
    }
  }

  /// Before anything is started: a session that must be recorded and cannot be is none.
  private func feed(_ plan: SessionPlan) async throws -> TapeFeed? {
    guard plan.rules.recording != nil else { return nil }
    guard let recorder else { throw RecordingRefusal.noRecorder }
    return TapeFeed(try await recorder.begin(plan), at: clock.now)
  }

  private func launch(_ plan: SessionPlan) async throws -> BrowserSession {
    let feed = try await feed(plan)
    let session: BrowserSession
    do {
      let browser = try await launcher.launch(plan)
      do {
        session = try BrowserSession(
          plan: plan, browser: browser, desk: desk, clock: clock, limits: limits, feed: feed)
      } catch {
        browser.end()
        throw error
      }
    } catch {
      await feed?.close()
      throw error
    }
    try await session.start()
    return session
  }

  private func forget(_ key: Key) { places.withLock { _ = $0.removeValue(forKey: key) } }

  private func remove(_ id: SessionID, _ key: Key) {
    places.withLock { places in
      guard case .open(let session) = places[key], session.plan.id == id else { return }
      places.removeValue(forKey: key)
    }
  }

  /// A session of this person. Somebody else's is not found, as if it did not exist.
  public func find(_ id: SessionID, for person: Slug) -> BrowserSession? {
    sessions { $0.person == person }.first { $0.plan.id == id }
  }

  /// The sessions that a person has open.
  public func sessions(of person: Slug) -> [BrowserSession] { sessions { $0.person == person } }

  private func sessions(_ isWanted: (Key) -> Bool) -> [BrowserSession] {
    places.withLock { places in
      places.compactMap { key, place in
        guard isWanted(key), case .open(let session) = place else { return nil }
        return session
      }
    }
  }

  /// Ends every session of a person who signed out or may no longer be here.
  public func endAll(_ person: Slug, _ reason: ServerMessage.End = .revoked) async {
    await end(opening: tasks { $0.person == person }, reason)
    for session in sessions(of: person) { await session.end(reason) }
  }

  /// Ends every session.
  public func endAll(_ reason: ServerMessage.End = .shuttingDown) async {
    await end(opening: tasks { _ in true }, reason)
    for session in sessions({ _ in true }) { await session.end(reason) }
  }

  private func tasks(_ isWanted: (Key) -> Bool) -> [Task<SessionOpening, any Error>] {
    places.withLock { places in
      places.compactMap { key, place in
        guard isWanted(key), case .opening(let task) = place else { return nil }
        return task
      }
    }
  }

  /// A session that is just opening ends as soon as it is open.
  private func end(opening tasks: [Task<SessionOpening, any Error>], _ reason: ServerMessage.End) async {
    for task in tasks {
      if case .open(let session)? = try? await task.value { await session.end(reason) }
    }
  }
}
