/**
 * Settings of the played cluster: what the template's cluster parameters ask of Aurora
 * (`rds.logical_replication`, slots, senders), and what a laptop needs.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Sockets live in the temporary folder and would clash between two copies of the project.
  unix_socket_directories: '',
  wal_level: 'logical',
  max_replication_slots: '10',
  max_wal_senders: '15',
  // A stopped capture keeps write-ahead log for as long as the disk should bear it: about a day of
  // a thousand changes a second; past it the slot is lost and the capture loads all tables anew.
  max_slot_wal_keep_size: '8GB',
  // With `off` the log is flushed every 200 ms only, and the capture would see commits that late.
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // A statement may carry a password; errors are reported by whoever sent it.
  log_min_error_statement: 'panic',
};

/** The settings as command line arguments of `postgres`, in single-user mode as well. */
export function settingArguments(): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
