// Carriers for Java, from Debian, for all secrets at once: Carriers.java properties|hocon FOLDER…
import com.typesafe.config.ConfigFactory;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

class Carriers {
    static String read(String name, Path folder) throws Exception {
        if (name.equals("hocon")) {
            return ConfigFactory.parseString(Files.readString(folder.resolve("app.conf"))).resolve().getString("secret");
        }
        var properties = new Properties();
        properties.load(new StringReader(Files.readString(folder.resolve("app.properties"))));
        return properties.getProperty("secret");
    }

    public static void main(String[] words) throws Exception {
        for (int at = 1; at < words.length; at++) {
            var folder = Path.of(words[at]);
            try {
                Files.writeString(folder.resolve("out"), read(words[0], folder));
            } catch (Exception error) {
                Files.writeString(folder.resolve("err"), error.toString());
            }
        }
    }
}
