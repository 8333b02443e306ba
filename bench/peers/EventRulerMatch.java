import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.event.ruler.Machine;

/** Peer: aws/event-ruler. A file with a name and a pattern on each line (between them a tab), a file with an event on each line, seconds. */
class EventRulerMatch {
  public static void main(String[] args) throws Exception {
    Machine machine = new Machine();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      String[] parts = line.split("\t", 2);
      machine.addRule(parts[0], parts[1]);
    }
    List<String> events = Files.readAllLines(Path.of(args[1]));
    double seconds = Double.parseDouble(args[2]);
    run(machine, events, seconds);
    System.out.println(run(machine, events, seconds));
  }

  private static String run(Machine machine, List<String> events, double seconds) throws Exception {
    long started = System.nanoTime();
    long done = 0;
    long matched = 0;
    while (System.nanoTime() - started < seconds * 1e9) {
      matched += machine.rulesForJSONEvent(events.get((int) (done % events.size()))).size();
      done += 1;
    }
    double took = (System.nanoTime() - started) / 1e9;
    return "{\"perSecond\": " + done / took + ", \"matchedShare\": " + (double) matched / done + "}";
  }
}
