package groundwire;

import java.util.Map;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * The index in which Elasticsearch keeps API keys wants three parts of the module `analysis-common`, which its
 * distribution for tests leaves out. They only analyse the e-mail addresses of users.
 */
public class SecurityIndexAnalysis extends Plugin implements AnalysisPlugin {
  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    return Map.of(
        "pattern_capture", (index, environment, name, settings) -> patternCapture(name, settings),
        "unique", (index, environment, name, settings) -> unique(name, settings));
  }

  @Override
  public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
    return Map.of(
        "uax_url_email",
        (index, environment, name, settings) ->
            TokenizerFactory.newFactory(name, UAX29URLEmailTokenizer::new));
  }

  private static TokenFilterFactory patternCapture(String name, Settings settings) {
    Pattern[] patterns =
        settings.getAsList("patterns").stream().map(Pattern::compile).toArray(Pattern[]::new);
    return new AbstractTokenFilterFactory(name, settings) {
      @Override
      public TokenStream create(TokenStream tokens) {
        return new PatternCaptureGroupTokenFilter(tokens, true, patterns);
      }
    };
  }

  private static TokenFilterFactory unique(String name, Settings settings) {
    return new AbstractTokenFilterFactory(name, settings) {
      @Override
      public TokenStream create(TokenStream tokens) {
        return new RemoveDuplicatesTokenFilter(tokens);
      }
    };
  }
}
