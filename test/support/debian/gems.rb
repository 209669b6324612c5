# Makes gems of installed Debian packages: ruby gems.rb DIRECTORY NAME..., with all that these depend on.
require "fileutils"
require "rubygems/package"
require "tmpdir"

# Where Debian puts what lies in a gem's lib/ and in its own directory.
LIBRARIES = %w[/usr/lib/ruby/vendor_ruby /usr/lib/x86_64-linux-gnu/ruby/vendor_ruby/3.1.0].freeze
BROUGHT_BY_RUBY = %w[libc6 libcrypt1 libgcc-s1 libgmp10 liblzma5 libruby3.1 libssl3 libstdc++6 zlib1g].freeze

def files_of(spec)
  package = owner(spec.loaded_from)
  paths = `dpkg -L #{package}`.split("\n").select { |path| File.file?(path) }
  paths.each_with_object({}) do |path, files|
    inside = place_of(path, spec)
    files[inside] ||= path if inside
  end
end

def place_of(path, spec)
  return path.delete_prefix("#{spec.full_gem_path}/") if path.start_with?("#{spec.full_gem_path}/")
  return "lib/#{path.delete_prefix("#{spec.extension_dir}/")}" if path.end_with?(".so") && path.start_with?("#{spec.extension_dir}/")
  return "programs/#{File.basename(path)}" if path.start_with?("/usr/bin/") && spec.executables.include?(File.basename(path))

  library = LIBRARIES.find { |place| path.start_with?("#{place}/") }
  "lib/#{path.delete_prefix("#{library}/")}" if library
end

# Libraries that Ruby does not bring along go into the gem, beside what is linked with them.
def bring_libraries(place, programs)
  programs.select { |inside| inside.end_with?(".so") }.flat_map do |inside|
    program = File.join(place, inside)
    missing = `ldd #{program}`.scan(%r{(\S+) => (/\S+)}).reject { |_, path| BROUGHT_BY_RUBY.include?(owner(path)) }
    missing.each { |name, path| FileUtils.cp(path, File.join(File.dirname(program), name)) }
    brought = missing.map { |name, _| File.join(File.dirname(inside), name) }
    [inside, *brought].each { |name| system("patchelf", "--set-rpath", "$ORIGIN", File.join(place, name)) } unless missing.empty?
    brought
  end
end

def owner(path)
  `dpkg -S #{File.realpath(path)}`.split(":").first
end

def make(spec, directory)
  Dir.mktmpdir do |place|
    files = files_of(spec)
    files.each do |inside, path|
      FileUtils.mkdir_p(File.dirname(File.join(place, inside)))
      FileUtils.cp(path, File.join(place, inside))
    end
    Dir.chdir(place) do
      built = Gem::Package.build(described(spec, files.keys + bring_libraries(place, files.keys)), true)
      FileUtils.mv(built, directory)
    end
  end
end

# What is compiled already needs no compiler. A gem's own programs come before those in /usr/bin, which may only call them.
def described(spec, files)
  in_gem = spec.executables.select { |name| files.include?("#{spec.bindir}/#{name}") }
  in_debian = spec.executables.select { |name| files.include?("programs/#{name}") }
  Gem::Specification.new do |gem|
    gem.name = spec.name
    gem.version = spec.version
    gem.summary = gem.name
    gem.authors = ["Debian"]
    gem.files = files
    gem.require_paths = (spec.require_paths | ["lib"]).select { |place| files.any? { |path| path.start_with?("#{place}/") } }
    gem.require_paths = ["lib"] if gem.require_paths.empty?
    gem.bindir = in_gem.empty? ? "programs" : spec.bindir
    gem.executables = in_gem.empty? ? in_debian : in_gem
    spec.runtime_dependencies.each { |dependency| gem.add_dependency(dependency.name) }
  end
end

directory = File.expand_path(ARGV.shift)
FileUtils.mkdir_p(directory)
waiting = ARGV.dup
made = []
until waiting.empty?
  name = waiting.pop
  next if made.include?(name)

  spec = Gem::Specification.find_by_name(name)
  made << name
  waiting.concat(spec.runtime_dependencies.map(&:name))
  make(spec, directory) unless spec.default_gem?
end
